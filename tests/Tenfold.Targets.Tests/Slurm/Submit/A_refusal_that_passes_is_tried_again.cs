using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Submit;

public sealed class A_refusal_that_passes_is_tried_again
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
    public void Whatever_its_words(string words) => Outcome(words).ShouldBe(StartKind.NoCapacity);

    [Theory]
    [InlineData("Memory required by task is not available")]
    [InlineData("Requested node configuration is not available")]
    [InlineData("X11 forwarding not available")]
    [InlineData("Invalid wckey specification")]
    [InlineData("A word of a later release")]
    public void What_stays_so_is_not(string words) => Outcome(words).ShouldBe(StartKind.Invalid);

    private static StartKind Outcome(string words) =>
        SubmitErrors.Outcome($"sbatch: error: Batch job submission failed: {words}", new SlurmOptions()).Kind;
}
