using Tenfold.Core.Runs;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Submit;

/// <summary>
/// A run that no partition allows would wait for ever. The user's own variables may choose a partition or a quality of service.
/// </summary>
public sealed class The_limits_of_partitions_are_known_before_submission
{
    private static readonly ResourceSpec TwoHours = new() { MaxRuntime = TimeSpan.FromHours(2) };

    [Theory]
    [InlineData("SBATCH_PARTITION", false)]
    [InlineData("SBATCH_QOS", false)]
    [InlineData("SBATCH_ACCOUNT", true)]
    [InlineData("PATH", true)]
    public void Only_the_variables_of_the_users_session_lift_a_limit(string variable, bool isRefused)
    {
        var shell = new Dictionary<string, string> { [variable] = "x" };
        (Refuse(shell) is not null).ShouldBe(isRefused);
        Refuse([]).ShouldNotBeNull().ShouldContain("'main' allows at most 60 min");
    }

    private static string? Refuse(Dictionary<string, string> shell) => PartitionLimits.Refuse(
        new SlurmOptions(), TwoHours, [new Partition("main", IsDefault: true, MaxMinutes: 60)], new JobEnvironment(shell, _ => null));
}
