using System.Text.Json;
using Tenfold.App.Views;
using Tenfold.Cli.Remote;

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
        Confirmation(winner: 1));

    [Fact]
    public void Its_confirmation_has_the_trials_the_comparison_and_the_winner()
    {
        var result = RemoteStudy.Of(Study);
        result.Leaders.Select(leader => (leader.Trial.Number, leader.Mean)).ShouldBe([(1, 0.89), (2, 0.81)]);
        var text = Written(Confirmation(winner: 1));
        text.ShouldContain("t1");
        text.ShouldContain("0.85 to 0.9");
        text.ShouldContain("3 of 3");
        text.ShouldContain("t2 compared with t1: worse, by -0.07 (-0.1 to -0.04)");
        text.ShouldContain("t1 is the winner: accuracy 0.875 over 3 fresh runs.");
        Written(Confirmation(winner: null)).ShouldContain("nothing is confirmed");
    }

    [Fact]
    public void A_study_whose_trials_are_missing_is_refused()
    {
        Should.Throw<FormatException>(() => RemoteStudy.Of(Study with { Trials = [] }));
        Should.Throw<FormatException>(() => RemoteStudy.Of(Study with { Study = Study.Study with { State = "confused" } }));
    }

    private static string Written(ConfirmationView confirmed)
    {
        using var writer = new StringWriter();
        RemoteStudy.Write(writer, RemoteStudy.Of(Study), confirmed);
        return writer.ToString();
    }

    private static BestView Best(int trial, double expected) => new(trial, JsonElement.Parse("{}"), expected, 0.01, null);

    private static TrialView Trial(int number, double x, double value) => new(
        "k7m2xqab", number, $"k7m2xqab-t{number}", "completed", JsonElement.Parse($"{{\"x\":{x}}}"), value, [value], "thompson", "a guess",
        null, 1, null, At, At, null, "guess");

    private static ConfirmationView Confirmation(int? winner) => new(
        winner, 0.9, 1, 0.025,
        [
            new ConfirmedView(1, "k7m2xqab-c1", 3, 3, 0.875, 0.85, 0.9, []),
            new ConfirmedView(2, "k7m2xqab-c2", 3, 3, 0.805, 0.78, 0.83, []),
        ],
        [new ConfirmedComparisonView(2, "worse", -0.07, -0.1, -0.04, 0.01, 0.01)]);
}
