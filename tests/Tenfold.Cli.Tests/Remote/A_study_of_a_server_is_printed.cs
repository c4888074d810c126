using System.Text.Json;
using Tenfold.App.Views;
using Tenfold.Cli.Remote;
using Tenfold.Cli.Sweeping;
using Tenfold.Core.Runs;

namespace Tenfold.Cli.Tests.Remote;

public sealed class A_study_of_a_server_is_printed
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly StudyResultView Study = new(
        new StudyView(
            "k7m2xqab", "iris", "finished", null, "lab", "/r", At, At, "h", "1", "accuracy", "maximize", "thompson", 7, 2, 1, false, 1,
            JsonElement.Parse("""{"x":{"min":0,"max":1}}"""), null, null, new ConfirmView(2, 3), null, new string('a', 64),
            null, null, null, null),
        [Trial(1, 0.25, 0.9), Trial(2, 0.75, 0.8)],
        [Best(1, 0.89), Best(2, 0.81)],
        new ConfirmationView(1, 0.9, 1, 0.025, [], []));

    [Fact]
    public void Its_confirmation_has_the_trials_the_comparison_and_the_winner()
    {
        var result = RemoteStudy.Of(Study, Progress([0.874, 0.875, 0.876], [0.804, 0.805, 0.807]));
        result.Leaders.Select(leader => (leader.Trial.Number, leader.Mean)).ShouldBe([(1, 0.89), (2, 0.81)]);
        result.Confirmed!.Winner!.Trial.Number.ShouldBe(1);
        using var writer = new StringWriter();
        ConfirmationText.Write(writer, result.Study, result.Confirmed);
        var text = writer.ToString();
        text.ShouldContain("3 of 3");
        text.ShouldContain("t1 is the winner: it has the best fresh runs: accuracy 0.875");
        text.ShouldContain("3 fresh runs");
        RemoteStudy.Of(Study, Progress([null], [null])).Confirmed!.Winner.ShouldBeNull();
        RemoteStudy.Of(Study, Progress()).Confirmed.ShouldBeNull();
    }

    [Fact]
    public void A_study_that_no_server_would_tell_is_refused()
    {
        Should.Throw<FormatException>(() => RemoteStudy.Of(Study with { Trials = [] }));
        Should.Throw<FormatException>(() => RemoteStudy.Of(Study with { Study = Study.Study with { State = "confused" } }));
        Should.Throw<FormatException>(() => RemoteStudy.Of(Study with { Trials = [Trial(1, 0.25, 0.9) with { Values = [] }] }));
        Should.Throw<ArgumentException>(() => RemoteStudy.Of(Study with { Trials = [Trial(1, 0.25, 0.9), Trial(1, 0.25, 0.9)] }));
        Should.Throw<FormatException>(() => RemoteStudy.Of(
            Study with { Trials = [Trial(1, 0.25, 0.9) with { State = "failed" }], Best = [] }, Progress([0.874])));
    }

    private static StudyProgressView Progress(params double?[][] confirming) => new(
        Study.Study, Study.Trials, Study.Best, [],
        [.. confirming.Select((values, i) => new TrialRunsView(i + 1, [.. values.Select((value, j) => Run(i + 1, j + 1, value))]))], []);

    private static RunView Run(int trial, int repeat, double? value)
    {
        MetricView[] metrics = value is { } one ? [new("accuracy", 1, 0, one, one, 0, one, one, null, [])] : [];
        var group = RunNames.Confirmation("k7m2xqab", trial);
        return new RunView(
            RunNames.Run(group, repeat), group, repeat, repeat, value is null ? "failed" : "succeeded", null, At, At, At, 0, 1, "iris",
            "lab", "accuracy", value, metrics, null, [], null);
    }

    private static BestView Best(int trial, double expected) => new(trial, JsonElement.Parse("{}"), expected, 0.01, null);

    private static TrialView Trial(int number, double x, double value) => new(
        "k7m2xqab", number, $"k7m2xqab-t{number}", "completed", JsonElement.Parse($"{{\"x\":{x}}}"), value, [value], "thompson", "a guess",
        null, 1, null, At, At, null, "guess");
}
