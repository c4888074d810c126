using System.Diagnostics;
using System.Text.Json;

namespace Tenfold.Cli.Tests.MainPath;

/// <summary>Progress bars, colours, both streams at once: what other people's scripts print.</summary>
public sealed class Output_as_programs_write_it
{
    private const string Project =
        """
        name: output
        train:
          command: python3 train.py
          metric: { name: acc, goal: maximize }

        """;

    [Fact]
    public async Task Metrics_of_a_bar_are_all_found()
    {
        await using var place = Python(
            """
            import json, sys
            print(json.dumps({"metric": "acc", "value": 0.5, "step": 0}), flush=True)
            for epoch in (1, 2, 3):
                for i in range(1, 11):
                    sys.stdout.write(f"\r{i}/10 {'#' * i}"); sys.stdout.flush()
                sys.stdout.write("\r")
                print(json.dumps({"metric": "acc", "value": 0.5 + epoch / 10, "step": epoch}), flush=True)
            """);
        var acc = (await place.Fit()).At("runs.0.metrics.0");
        acc.Number("count").ShouldBe(4);
        acc.Number("last").ShouldBe(0.8);
        acc.Number("lastStep").ShouldBe(3);
    }

    [Fact]
    public async Task A_reason_is_readable_text()
    {
        await using var place = Python(
            """
            import sys
            for i in range(40): sys.stderr.write(f"\r\x1b[32m{i}/40 {'#'*i}\x1b[0m"); sys.stderr.flush()
            raise RuntimeError("the real \x1b[31mcause")
            """);
        var fit = await place.Run("fit");
        (fit.Out + fit.Error).ShouldAllBe(c => !char.IsControl(c) || c == '\n');
        fit.Out.ShouldContain("RuntimeError: the real cause");
        var id = (await place.Json("runs", "--json"))[0].Id();
        (await place.Run("show", id)).Out.ShouldAllBe(c => !char.IsControl(c) || c == '\n');
        (await place.Run("logs", id)).Out.ShouldAllBe(c => !char.IsControl(c) || c == '\n');
    }

    [Fact]
    public async Task Lines_of_two_streams_are_not_glued_and_a_tail_counts_lines()
    {
        await using var place = Python(
            """
            import json, sys, time
            for i in range(60):
                sys.stderr.write("\r" + f"{i:4d}/60 " + "#" * 89); sys.stderr.flush()
                if i % 20 == 19:
                    time.sleep(0.3); print(json.dumps({"metric": "acc", "value": i / 60}), flush=True); time.sleep(0.3)
            sys.stderr.write("\n"); time.sleep(0.3)
            print("é" * 20000 + " last line")
            """);
        var id = (await place.Fit()).Runs()[0].Id();
        var lines = (await place.Run("logs", id)).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Count(line => line.StartsWith("{\"metric\"", StringComparison.Ordinal)).ShouldBe(3);
        lines.Count(line => line.Contains("59/60", StringComparison.Ordinal)).ShouldBe(1);
        (await place.Run("logs", "--tail", "1", id)).Out.ShouldBe(new string('é', 20000) + " last line\n");
        (await place.Run("logs", "--tail", "2", id)).Out.Split('\n')[0].ShouldStartWith("  59/60 #");
        var json = (await place.Run("logs", "--json", id)).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.GetProperty("source").GetString() == "err").ToList();
        json.ShouldHaveSingleItem().GetProperty("text").GetString().ShouldNotBeNull().ShouldStartWith("\r   0/60 #");
    }

    [Fact]
    public async Task A_metric_that_was_missed_is_shown_and_read_again_from_the_logs()
    {
        await using var place = Python(
            """
            import os, sys
            for epoch in (1, 2): print(f"Epoch {epoch}: Accuracy: {90 + epoch + int(os.environ['TENFOLD_REPEAT'])}.5%", file=sys.stderr)
            """);
        var fit = (await place.Run("fit", "--repeat", "2")).With(ExitCodes.RunFailed);
        fit.Out.ShouldContain(@"metrics: { acc: '\bAccuracy: *([-+.\w]+)' }");
        var group = (await place.Json("runs", "--json"))[0].Text("group")!;
        fit.Out.ShouldContain($@"tenfold metrics {group} --pattern 'acc=\bAccuracy: *([-+.\w]+)'");

        const string pattern = @"acc=Epoch (?<step>\d+): Accuracy: ([0-9.]+)%";
        (await place.Run("metrics", group, "--pattern", pattern, "--dry-run")).With(0).Saying("nothing was recorded")
            .Out.ShouldContain("93.5");
        (await place.Json("show", group, "--json"))[0].At("statistics").Number("n").ShouldBe(0);

        var read = (await place.Run("metrics", group, "--pattern", pattern, "--json")).With(0).Json[0];
        read.At("statistics").Number("n").ShouldBe(2);
        read.At("statistics").Number("mean").ShouldBe(94);
        read.Texts("statistics.noteCodes").ShouldContain("metric-reread");
        var acc = read.At("runs.0.metrics.0");
        acc.Text("pattern").ShouldBe(@"Epoch (?<step>\d+): Accuracy: ([0-9.]+)%");
        acc.Number("lastStep").ShouldBe(2);
        (await place.Run("show", $"{group}-1")).With(0).Out.ShouldContain(@"Epoch (?<step>\d+)");
        (await place.Run("report", group, "-o", Path.Combine(place.Outside, "r.html"))).With(0);
        (await File.ReadAllTextAsync(Path.Combine(place.Outside, "r.html"))).ShouldContain("was read from the logs of");
        // Into a pipe too, such as /dev/stdout.
        var pipe = Path.Combine(place.Outside, "pipe");
        using (var made = Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync();
        var copy = Task.Run(() => File.ReadAllText(pipe));
        (await place.Run("report", group, "-o", pipe)).With(0);
        (await copy).ShouldContain("was read from the logs of");

        // Another pattern for the name replaces what was read, and nothing else.
        (await place.Run("metrics", group, "--pattern", "acc=Epoch 1: Accuracy: ([0-9.]+)%", "--json")).With(0).Json[0]
            .At("statistics").Number("mean").ShouldBe(93);
    }

    [Theory]
    [InlineData("acc=([0-9.]+)", "recorded acc while it ran")]
    [InlineData("acc", "is not name=regex")]
    [InlineData("other=[0-9]+", "in parentheses")]
    public async Task Values_that_a_run_recorded_are_never_mixed_with_others(string pattern, string refusal)
    {
        await using var place = Python("""print('{"metric":"acc","value":0.5}')""");
        var group = (await place.Fit()).Group();
        (await place.Run("metrics", group, "--pattern", pattern)).With(ExitCodes.BadInput).Saying(refusal);
        (await place.Run("metrics", group, "--pattern", "again=value\":([0-9.]+)", "--json")).With(0).Json[0].At("runs.0.metrics")
            .EnumerateArray().Select(metric => (metric.Text("name"), metric.Number("last"))).ShouldBe([("acc", 0.5), ("again", 0.5)]);
    }

    [Fact]
    public async Task A_bar_is_seen_while_it_is_drawn()
    {
        await using var place = new Sandbox();
        place.Write("tenfold.yaml", Project.Replace("acc,", "loss,", StringComparison.Ordinal) + "  metrics: { loss: 'loss=([0-9.]+)' }\n");
        var go = Path.Combine(place.Outside, "go");
        place.Write("train.py",
            $$"""
            import os, sys, time
            for i in range(4): sys.stderr.write(f"\r{i}/4 loss={i}"); sys.stderr.flush()
            while not os.path.exists("{{go}}"): time.sleep(0.05)
            sys.stderr.write("\n")
            """);
        var id = (await place.Run("fit", "--detach", "--json")).With(0).Json[0].Runs()[0].Id();
        await Until.Found(
            async () => (await place.Run("logs", id)).Out.Contains("3/4 loss=3", StringComparison.Ordinal) ? "" : null,
            () => "the bar is seen");
        // The last drawing may still be going on, so three of four count.
        await Until.Found(
            async () => (await place.Json("show", id, "--json")).At("run.metrics").EnumerateArray().Any(one => one.Number("count") == 3)
                ? "" : null,
            () => "its values are seen");
        await File.WriteAllTextAsync(go, "");
        (await place.RunsUntilAllEnded())[0].Number("value").ShouldBe(3);
    }

    private static Sandbox Python(string script)
    {
        var place = new Sandbox();
        place.Write("tenfold.yaml", Project);
        place.Write("train.py", script + "\n");
        return place;
    }
}
