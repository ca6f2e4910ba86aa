"use strict";
// A kiosk forgets each visit: after a time without a touch it asks, in words and with a sound, and then wipes.

(() => {
  const warning = document.querySelector("dialog[data-idle]");
  const wipe = document.querySelector("form[data-wipe]");
  if (!warning || !wipe) return;

  const idle = Number(warning.dataset.idle) * 1000;
  const patience = Number(warning.dataset.warn);
  const seconds = warning.querySelector("[data-seconds]");
  let sleeping, counting;

  const forget = () => {
    localStorage.clear();
    sessionStorage.clear();
    wipe.submit();
  };

  const chime = () => {
    try {
      const sound = new AudioContext();
      const tone = sound.createOscillator();
      tone.connect(sound.destination);
      tone.frequency.value = 660;
      tone.start();
      tone.stop(sound.currentTime + 0.4);
    } catch (silence) {
      // A screen without sound still shows the words.
    }
  };

  const rest = () => {
    clearTimeout(sleeping);
    sleeping = setTimeout(warn, idle);
  };

  const stay = () => {
    clearInterval(counting);
    warning.close();
    rest();
  };

  const warn = () => {
    let left = patience;
    seconds.textContent = left;
    warning.showModal();
    chime();
    counting = setInterval(() => {
      left -= 1;
      // Read out at calm steps; a number spoken each second helps nobody.
      if (left % 15 === 0 || left < 10) seconds.textContent = left;
      if (left === 30) chime();
      if (left <= 0) {
        clearInterval(counting);
        forget();
      }
    }, 1000);
  };

  warning.querySelector("[data-stay]").addEventListener("click", stay);
  warning.addEventListener("cancel", stay);
  wipe.addEventListener("submit", () => {
    localStorage.clear();
    sessionStorage.clear();
  });
  for (const sign of ["pointerdown", "keydown", "scroll", "input"]) {
    addEventListener(sign, () => warning.open || rest(), { passive: true });
  }
  addEventListener("pageshow", (shown) => shown.persisted && location.reload());
  rest();
})();
