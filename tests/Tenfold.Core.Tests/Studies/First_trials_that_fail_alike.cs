using System.Text.Json;
using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;

using static Tenfold.Core.Tests.Studies.SampleStudy;

namespace Tenfold.Core.Tests.Studies;

public sealed class First_trials_that_fail_alike
{
    private static readonly Reason Missing = new Reason.MetricMissing("loss");

    [Theory]
    [InlineData("FFFF", null)]
    [InlineData("FFFFF", 5)]
    [InlineData("FFFFFF", 6)]
    [InlineData("FFFFFRR", 5)] // those that are running may still show that the script works
    [InlineData("LFFFFF", 5)] // a lost machine says nothing
    [InlineData("XFFFFF", 5)] // neither does a cancelled trial
    [InlineData("LLLLLL", null)]
    [InlineData("FFFFCF", null)]
    [InlineData("FFFFPF", null)]
    [InlineData("FFFFFFFFFFC", null)]
    public void Stop_a_study(string states, int? failed)
    {
        var found = FirstFailures.Of(Study(spec => spec).Spec, Trials(states, _ => Missing));
        found.ShouldBe(failed is { } count ? new Reason.FirstTrialsFailed(count, Missing) : null);
    }

    [Fact]
    public void Must_have_the_same_reason_and_exit_code()
    {
        var spec = Study(one => one).Spec;
        FirstFailures.Of(spec, Trials("FFFFF", i => new Reason.Exited(1, $"no layer {i}"))).ShouldNotBeNull().Trials.ShouldBe(5);
        FirstFailures.Of(spec, Trials("FFFFF", i => new Reason.Exited(i == 4 ? 2 : 1, "x"))).ShouldBeNull();
        FirstFailures.Of(spec, Trials("FFFFF", i => i == 4 ? Missing : new Reason.Exited(1, "x"))).ShouldBeNull();
        FirstFailures.Of(spec with { ToleratesFailures = true }, Trials("FFFFF", _ => Missing)).ShouldBeNull("its user wants it");
    }

    private static List<TrialRecord> Trials(string states, Func<int, Reason> why) =>
    [
        .. states.Select((state, i) => new TrialRecord
        {
            Study = "s7m2xqab",
            Number = i + 1,
            Parameters = JsonElement.Parse("{}"),
            Method = "sobol",
            Reason = new Reason.RandomPoint(),
            Seed = i,
            AskedAt = DateTimeOffset.UnixEpoch,
            State = state switch
            {
                'F' => TrialState.Failed,
                'C' => TrialState.Completed,
                'P' => TrialState.Pruned,
                'L' => TrialState.Lost,
                'X' => TrialState.Cancelled,
                _ => TrialState.Running,
            },
            Why = state == 'F' ? why(i) : null,
        }),
    ];
}
