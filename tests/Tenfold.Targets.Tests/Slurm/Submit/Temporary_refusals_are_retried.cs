using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Submit;

public sealed class Temporary_refusals_are_retried
{
    [Theory]
    [InlineData("Required partition not available (inactive or drain)")]
    [InlineData("Partition in DOWN state")]
    [InlineData("MaxJobCount limit reached")]
    [InlineData("System submissions disabled")]
    [InlineData("Unable to create job record, try again")]
    [InlineData("Rate limit exceeded, please retry momentarily")]
    [InlineData("Rate limit exceeded, please retry later")]
    [InlineData("Requested operation is presently disabled")]
    [InlineData("Job can not start due to maintenance reservation.")]
    [InlineData("Requested reservation not usable now")]
    [InlineData("Licenses currently unavailable")]
    [InlineData("Switch resources currently not available")]
    [InlineData("Job update not available right now, the DB index is being set, try again in a bit")]
    [InlineData("A word of a later release: temporarily out of order")]
    public void A_temporary_refusal_is_retried(string words) => Outcome(words).ShouldBe(StartKind.NoCapacity);

    [Theory]
    [InlineData("Memory required by task is not available")]
    [InlineData("Requested node configuration is not available")]
    [InlineData("X11 forwarding not available")]
    [InlineData("Invalid wckey specification")]
    [InlineData("A word of a later release")]
    public void A_permanent_refusal_is_not_retried(string words) => Outcome(words).ShouldBe(StartKind.Invalid);

    [Fact]
    public void The_outcome_depends_on_the_kind_and_not_on_the_words()
    {
        foreach (var kind in Enum.GetValues<SubmitKind>().Except([SubmitKind.Accepted, SubmitKind.NoAnswer]))
        {
            var outcomes = new[] { "Invalid partition name specified", "try again", "" }
                .Select(words => SubmitRefusals.ToOutcome(new SubmitAnswer(kind, words), new SlurmOptions()).Kind);
            outcomes.Distinct().ShouldHaveSingleItem($"{kind}").ShouldNotBe(StartKind.Started);
        }
    }

    private static StartKind Outcome(string words)
    {
        var answer = SubmitAnswerParser.Parse($"sbatch: error: Batch job submission failed: {words}");
        return SubmitRefusals.ToOutcome(answer, new SlurmOptions()).Kind;
    }
}
