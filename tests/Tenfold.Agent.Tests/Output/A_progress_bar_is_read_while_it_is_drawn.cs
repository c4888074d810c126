using System.Text;
using System.Text.Json;
using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Agent.Tests.Output;

/// <summary>A command's stream, from the bytes that it writes to the metrics, the tail and the log.</summary>
public sealed class A_progress_bar_is_read_while_it_is_drawn : IAsyncDisposable
{
    private readonly FakeWriter _series = FakeWriter.Ready(), _log = FakeWriter.Ready();
    private readonly SegmentBuffer _seriesBuffer, _logBuffer;
    private readonly List<Reason> _stops = [];

    public A_progress_bar_is_read_while_it_is_drawn()
    {
        _seriesBuffer = new SegmentBuffer(_series, TimeProvider.System);
        _logBuffer = new SegmentBuffer(_log, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _seriesBuffer.DisposeAsync();
        await _logBuffer.DisposeAsync();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(900)]
    [InlineData(20_000)]
    public void The_value_at_the_end_of_a_line_counts_after_any_number_of_updates(int updates)
    {
        var (stream, recorder) = Stream(("val_acc", "val_acc: ([0-9.]+)"));
        foreach (var value in new[] { "0.61", "0.75", "0.90" })
        {
            for (var i = 0; i < updates; i++) Write(stream, $"\r{i,5}/{updates} [====    ] 12ms/step - loss: 0.1");
            Write(stream, $" - val_acc: {value}\n");
        }

        recorder.Summaries().Single().Series.Select(point => point.Value).ShouldBe([0.61, 0.75, 0.90]);
        recorder.Warnings(hasSucceeded: true).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("bar ####\r")]
    [InlineData("\t")]
    [InlineData("  ")]
    [InlineData("\ufeff")]
    [InlineData("\x1b[0m")]
    [InlineData("\x1b[2K\r")]
    [InlineData("\x1b[1;32m\x1b[K")]
    [InlineData("\x1b]0;training\a")]
    [InlineData("bar\x1b[1A\x1b[2K")]
    [InlineData("\0\a")]
    [InlineData("bar\b\b\b")]
    public void A_metric_in_JSON_counts_whatever_was_drawn_before_it(string before)
    {
        var (stream, recorder) = Stream();
        Write(stream, before + """{"metric":"acc","value":0.8,"step":3}""" + "\x1b[0m\r\n");
        recorder.Summaries().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            acc => acc.Last.ShouldBe(0.8), acc => acc.LastStep.ShouldBe(3), acc => acc.Count.ShouldBe(1));
    }

    [Fact]
    public void Early_stopping_does_not_wait_for_the_line_feed()
    {
        var (stream, _) = Stream(("loss", "loss=([0-9.]+)"));
        for (var i = 0; i < 4; i++) Write(stream, $"\r{i}/16 loss={(i == 0 ? 2 : 1)}");
        _stops.ShouldBeEmpty();
        Write(stream, "\r4/16 loss=1\r");
        _stops.ShouldHaveSingleItem().ShouldBeOfType<Reason.EarlyStopped>().Evaluations.ShouldBe(3);
    }

    [Fact]
    public void How_the_output_is_split_over_reads_makes_no_difference()
    {
        var random = new Random(3);
        string[] parts =
        [
            "\r", "\n", "\r\n", "\x1b[2K\r", "\x1b[32m", "\x1b[0m", "\t", "\ufeff", "\x1b]0;t\a", "loss=0.5", "loss=1e-3 ", "€", "\b",
            "{\"metric\":\"acc\",\"value\":0.5}", "{\"metric\":\"acc\",\"value\":0.7,\"step\":4}", "#", "hunter22", "\0",
        ];
        for (var round = 0; round < 400; round++)
        {
            var bytes = Enumerable.Range(0, random.Next(20)).SelectMany(_ => Encoding.UTF8.GetBytes(parts[random.Next(parts.Length)]))
                .ToArray();
            var whole = Outcome([bytes]);
            Outcome(bytes.Chunk(1)).ShouldBe(whole);
            Outcome(bytes.Chunk(random.Next(2, 9))).ShouldBe(whole);
        }
    }

    [Fact]
    public void An_endless_bar_is_recorded_in_bounded_space_with_its_last_value()
    {
        var (stream, recorder) = Stream(("loss", @"loss=(\d+)"));
        const int updates = 1_000_000;
        for (var i = 1; i <= updates; i++) Write(stream, $"\rloss={i}");
        Write(stream, "\r");
        var soFar = recorder.Summaries().Single();
        soFar.Count.ShouldBeInRange(100_000, 400_000);
        Write(stream, "\n");
        recorder.Summaries().Single().Last.ShouldBe(updates);
        recorder.Warnings(hasSucceeded: true).ShouldHaveSingleItem().ShouldBeOfType<Warning.UpdatesSkipped>();
    }

    [Fact]
    public void A_line_that_is_too_long_for_metrics_is_a_warning()
    {
        var (stream, recorder) = Stream(("loss", "loss=([0-9.]+)"));
        Write(stream, new string('x', 300_000) + " loss=1\nloss=2\n");
        recorder.Summaries().Single().Count.ShouldBe(1);
        recorder.Warnings(hasSucceeded: true).ShouldHaveSingleItem().ToString().ShouldStartWith("1 line is longer than 256 KiB");
    }

    [Fact]
    public void The_last_lines_are_readable_and_a_bar_among_them_is_one_line()
    {
        var tail = new Tail();
        var (stream, _) = Stream(tail, []);
        for (var i = 0; i < 40; i++) Write(stream, $"\r\x1b[32m{i}/40 {new string('#', i)}\x1b[0m");
        Write(stream, "\nTraceback:\n  raise\r\n\x1b[31mRuntimeError\x1b[0m: the real cause " + new string('é', 400) + "\nunfinished");
        stream.End();
        var cause = $"RuntimeError: the real cause {new string('é', 185)}…";
        tail.ToString().ShouldBe($"39/40 {new string('#', 39)}\nTraceback:\n  raise\n{cause}\nunfinished");
    }

    [Fact]
    public async Task The_log_has_the_bytes_as_they_were_written()
    {
        var (stream, _) = Stream();
        var output = "\r1/2 #\r\x1b[32m2/2 ##\x1b[0m\r\n\ufeffé\tend"u8.ToArray();
        foreach (var piece in output.Chunk(3))
        {
            stream.Take(piece);
            stream.Pause();
        }

        stream.End();
        await _logBuffer.DisposeAsync();
        var records = _log.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(record => LogLine.Parse(Encoding.UTF8.GetBytes(record))!).ToList();
        string.Concat(records.Select(record => record.Text + (record.GoesOn ? "" : "\n"))).ShouldBe(Encoding.UTF8.GetString(output) + "\n");
    }

    private string Outcome(IEnumerable<byte[]> reads)
    {
        var tail = new Tail();
        var (stream, recorder) = Stream(tail, [("loss", "loss=([-+.e0-9]+)")]);
        foreach (var read in reads)
        {
            stream.Take(read);
            if (read.Length % 2 == 0) stream.Pause();
        }

        stream.End();
        var metrics = recorder.Summaries().Select(metric =>
            $"{metric.Name} {string.Join(' ', metric.Series.Select(point => $"{point.Step}:{point.Value}"))}");
        return $"{string.Join('\n', metrics)}\n{string.Join('\n', recorder.Warnings(hasSucceeded: true))}\n{tail}";
    }

    private (CommandStream Stream, MetricRecorder Recorder) Stream(params (string Name, string Pattern)[] patterns) =>
        Stream(null, patterns);

    private (CommandStream Stream, MetricRecorder Recorder) Stream(Tail? tail, (string Name, string Pattern)[] patterns)
    {
        var spec = new WorkSpec
        {
            Project = "test",
            Snapshot = "0",
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonDocument.Parse("{}").RootElement,
            MetricPatterns = patterns.ToDictionary(pattern => pattern.Name, pattern => pattern.Pattern),
            EarlyStopping = new EarlyStoppingSpec("loss", MetricGoal.Minimize, 3),
        };
        var recorder = new MetricRecorder(spec, _seriesBuffer, _stops.Add, TimeProvider.System);
        var log = new AttemptLog(_logBuffer, ["hunter22"], TimeProvider.System);
        return (new CommandStream(log, recorder, isStandardOutput: true, tail), recorder);
    }

    private static void Write(CommandStream stream, string text) => stream.Take(Encoding.UTF8.GetBytes(text));
}
