// Draws every map from the data attributes of its element. Without this script the same stands in words beside it.

function words(element) {
  const data = element.dataset;
  return { in: data.wordIn, out: data.wordOut, close: data.wordClose, home: data.wordHome, pin: data.wordPin, failed: data.wordFailed };
}

function put(tag, className, text, inside) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  if (inside) inside.append(made);
  return made;
}

/** The size of the thing that is pressed is 44 px; the sign in it is smaller. */
function sign(kind, text) {
  const room = document.createElement("span");
  room.className = "sign";
  if (text) room.textContent = text;
  return L.divIcon({ className: `mark mark-${kind}`, html: room, iconSize: [44, 44], popupAnchor: [0, -14] });
}

function edges(written) {
  const [west, south, east, north] = written.split(",").map(Number);
  return Number.isFinite(north) ? L.latLngBounds([south, west], [north, east]) : null;
}

async function features(address) {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

class CityMap {
  constructor(element) {
    this.element = element;
    this.words = words(element);
    element.hidden = false;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(element, { zoomControl: false, attributionControl: false, zoomAnimation: !calm, fadeAnimation: !calm, minZoom: 3, maxZoom: 19, zoomSnap: element.dataset.tiles ? 1 : 0.25, zoomDelta: 1, scrollWheelZoom: false });
    L.control.zoom({ zoomInTitle: this.words.in, zoomOutTitle: this.words.out }).addTo(this.map);
    this.map.createPane("ground").style.zIndex = 350; // under everything that is pointed at
    this.tiles();
    this.pinned = L.layerGroup().addTo(this.map);
    this.labels = L.layerGroup().addTo(this.map);
    this.map.on("zoomend", () => this.crowd());
  }

  tiles() {
    const { tiles, attribution } = this.element.dataset;
    if (!tiles) return;
    this.element.classList.add("map-tiled");
    L.tileLayer(tiles, { maxZoom: 19 }).addTo(this.map);
    const said = document.createElement("span");
    said.textContent = attribution;
    L.control.attribution({ prefix: false }).addAttribution(said.innerHTML).addTo(this.map);
  }

  /** What lies under the pins; gives the part of the Earth that it covers. */
  async ground() {
    const found = L.latLngBounds([]);
    const collection = await features(this.element.dataset.ground);
    for (const feature of collection.features) {
      if (feature.properties.kind === "area") found.extend(this.area(feature));
      else found.extend(this.thing(feature));
    }
    this.crowd();
    return found;
  }

  area(feature) {
    let middle;
    let covered;
    if (feature.geometry.type === "Point") {
      middle = L.GeoJSON.coordsToLatLng(feature.geometry.coordinates);
      covered = L.latLngBounds([middle, middle]);
    } else {
      const outline = L.geoJSON(feature, { pane: "ground", interactive: false, style: { className: "area" } }).addTo(this.map);
      covered = outline.getBounds();
      middle = covered.getCenter();
    }
    const label = L.divIcon({ className: "area-name", html: put("span", "", feature.properties.name), iconSize: [0, 0] });
    L.marker(middle, { icon: label, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(this.map);
    return covered;
  }

  thing(feature) {
    const place = L.GeoJSON.coordsToLatLng(feature.geometry.coordinates);
    L.circleMarker(place, { pane: "ground", radius: 4, className: "thing", interactive: false }).addTo(this.map);
    const name = L.divIcon({ className: "thing-name", html: put("span", "", feature.properties.name), iconSize: [0, 0] });
    L.marker(place, { icon: name, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(this.labels);
    return L.latLngBounds([place, place]);
  }

  /** Names of single things only from near by: from afar they would lie over each other. */
  crowd() {
    if (this.map.getZoom() >= 15) this.labels.addTo(this.map);
    else this.labels.remove();
  }

  show(covered) {
    const whole = edges(this.element.dataset.bounds || "");
    const best = covered && covered.isValid() ? covered.pad(0.04) : whole;
    this.map.fitBounds(best || L.latLngBounds([-60, -170], [75, 170]), { maxZoom: 16, animate: false, padding: [24, 24] });
  }

  async pins(address) {
    const covered = L.latLngBounds([]);
    const collection = await features(address);
    this.pinned.clearLayers();
    for (const feature of collection.features) covered.extend(this.pin(feature));
    return { covered, grouped: collection.grouped };
  }

  pin(feature) {
    const { kind, name, count, late, rough } = feature.properties;
    const place = L.GeoJSON.coordsToLatLng(feature.geometry.coordinates);
    const icon = kind === "group" ? sign(late ? "group mark-late" : "group", String(count)) : sign(`pin${late ? " mark-late" : ""}${rough ? " mark-rough" : ""}`);
    const marker = L.marker(place, { icon, keyboard: true, riseOnHover: true });
    marker.on("add", () => marker.getElement().setAttribute("aria-label", late ? `${name}, ${feature.properties.due || ""}` : name));
    if (kind === "group") marker.on("click", () => this.map.setView(place, Math.min(this.map.getZoom() + 2, 18)));
    else marker.bindPopup(() => this.card(feature.properties), { closeButton: false, minWidth: 200 });
    marker.addTo(this.pinned);
    return place;
  }

  card(said) {
    const card = document.createElement("div");
    const link = put("a", "card-title", said.name, card);
    link.href = said.address;
    link.dir = "auto";
    put("span", "card-about", said.about, card);
    put("span", said.late ? "card-due late" : "card-due", said.due, card);
    if (said.rough) put("span", "card-about", this.words.home, card);
    return card;
  }

  point(written) {
    const place = L.latLng(written.split(",").map(Number));
    if (this.element.dataset.rough) L.circle(place, { radius: 90, className: "rough", interactive: false }).addTo(this.map);
    else L.marker(place, { icon: sign("pin"), interactive: false, keyboard: false }).addTo(this.map);
    this.map.setView(place, 15, { animate: false });
  }
}

class Picker {
  constructor(city, field) {
    this.city = city;
    this.field = field;
    const room = city.element.closest(".pin-room");
    for (const hidden of room.querySelectorAll("[data-map-with], [data-map-acts]")) hidden.hidden = false;
    this.said = room.querySelector("[data-map-said]");
    city.map.on("click", (event) => this.set(event.latlng));
    room.querySelector("[data-map-middle]").addEventListener("click", () => this.set(city.map.getCenter()));
    room.querySelector("[data-map-clear]").addEventListener("click", () => this.clear());
    const here = room.querySelector("[data-map-here]");
    if (navigator.geolocation && window.isSecureContext) {
      here.hidden = false;
      here.addEventListener("click", () => this.here());
    }
    field.addEventListener("change", () => this.read());
    this.read();
  }

  read() {
    const [latitude, longitude] = this.field.value.split(",").map(Number);
    if (this.field.value && Number.isFinite(latitude) && Number.isFinite(longitude)) this.draw(L.latLng(latitude, longitude));
  }

  set(place) {
    this.field.value = `${place.lat.toFixed(5)}, ${place.wrap().lng.toFixed(5)}`;
    this.said.textContent = "";
    this.draw(place);
  }

  draw(place) {
    if (this.marker) this.marker.setLatLng(place);
    else {
      this.marker = L.marker(place, { icon: sign("pin"), draggable: true, keyboard: false }).addTo(this.city.map);
      this.marker.on("dragend", () => this.set(this.marker.getLatLng()));
      this.marker.getElement().setAttribute("aria-label", this.city.words.pin);
    }
    if (!this.city.map.getBounds().contains(place)) this.city.map.setView(place, 16);
  }

  clear() {
    this.field.value = "";
    this.said.textContent = "";
    if (this.marker) this.marker.remove();
    this.marker = null;
  }

  here() {
    navigator.geolocation.getCurrentPosition(
      (found) => {
        const place = L.latLng(found.coords.latitude, found.coords.longitude);
        this.city.map.setView(place, 16);
        this.set(place);
      },
      () => { this.said.textContent = this.said.dataset.none; },
      { timeout: 10000, maximumAge: 60000 },
    );
  }
}

async function draw(element) {
  const city = new CityMap(element);
  const { pins, point, pick } = element.dataset;
  city.show();
  if (point) city.point(point);
  const ground = city.ground().catch(() => null);
  if (pins) {
    const drawn = await city.pins(pins);
    await ground;
    city.show(drawn.covered);
    if (drawn.grouped) city.map.on("moveend", () => city.pins(`${pins}&box=${city.map.getBounds().toBBoxString()}`).catch(() => null));
  } else if (!point) {
    city.show(await ground);
  }
  if (pick) {
    const picker = new Picker(city, document.getElementById(pick));
    if (picker.marker) city.map.setView(picker.marker.getLatLng(), 16, { animate: false });
  }
}

for (const element of document.querySelectorAll("[data-map]")) {
  draw(element).catch(() => {
    element.textContent = element.dataset.wordFailed;
    element.classList.add("map-failed");
  });
}
