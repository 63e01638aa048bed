// Keeps workerd up for a moment, so that what a start has cost can be read.
export default {
  async test() {
    console.log("CLODO_MARK up {}");
    await scheduler.wait(5000);
  },
};
