namespace Tenfold.Cli.Tests.MainPath;

/// <summary><c>tenfold metrics</c> joins the attempts of a run as it joins the metrics that a run records itself.</summary>
public sealed class Logs_of_resumed_runs_are_read_again
{
    // Each attempt prints three values from its checkpoint on, and all but the last attempt lose one more. A value is saved if it was
    // logged before the checkpoint was written; it is lost if it came later than half the usual time between two values.
    private const string Script =
        """
        import glob, os, sys, time
        path = os.path.join(os.environ["TENFOLD_CHECKPOINT_DIR"], "step")
        step = int(open(path).read()) if os.path.exists(path) else 0
        logs = os.path.join(sys.argv[1], os.environ["TENFOLD_ATTEMPT"], "log", "*")
        began = time.time()
        for _ in range(3):
            print(f"epoch {step} loss {10 - step}", flush=True)
            while not any(f"epoch {step} " in open(log).read() for log in glob.glob(logs)): time.sleep(0.01)
            step += 1
            with open(path + ".tmp", "w") as file: file.write(str(step))
            os.replace(path + ".tmp", path)
            time.sleep(0.05)
        if not os.environ["TENFOLD_ATTEMPT"].endswith("-3"):
            time.sleep(time.time() - began); print(f"epoch {step} loss 99", flush=True); sys.exit(1)
        """;

    [Theory]
    [InlineData(@"loss=loss (\d+)")]
    [InlineData(@"loss=epoch (?<step>\d+) loss (?<value>\d+)")]
    public async Task A_resumed_runs_curve_has_all_attempts(string pattern)
    {
        await using var place = new Sandbox();
        place.Write("tenfold.yaml",
            $"name: resumed\ntrain:\n  command: python3 train.py {place.Home}/store/attempts\n" +
            "  metric: { name: loss, goal: minimize }\nresources: { retries: 2 }\n");
        place.Write("train.py", Script);
        var group = (await place.Run("fit", "--json")).Json[0].Group();
        var metric = (await place.Run("metrics", group, "--pattern", pattern, "--json")).With(0).Json[0].At("runs.0.metrics.0");
        (metric.Number("first"), metric.Number("last"), metric.Number("lastStep")).ShouldBe((10, 2, 8));
        // The values that were lost with the work after a checkpoint are no part of the curve.
        (metric.Number("min"), metric.Number("max")).ShouldBe((2, 10));
        metric.At("resumes").EnumerateArray().Select(step => step.GetInt32()).ShouldBe([3, 6]);
        metric.Number("count").ShouldBe(9);
    }
}
