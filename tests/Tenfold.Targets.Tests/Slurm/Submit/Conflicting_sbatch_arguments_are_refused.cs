using System.Text.Json;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Submit;

public sealed class Conflicting_sbatch_arguments_are_refused
{
    [Theory]
    [InlineData("--clusters=other")]
    [InlineData("--clu=other")]
    [InlineData("-M", "other")]
    [InlineData("-Mother")]
    [InlineData("--test-only")]
    [InlineData("--test")]
    [InlineData("--wrap=true")]
    [InlineData("--wait")]
    [InlineData("-W")]
    [InlineData("-HW")]
    [InlineData("-h")]
    [InlineData("--help")]
    [InlineData("-V")]
    [InlineData("--usage")]
    [InlineData("-e", "x.log")]
    [InlineData("--error=x.log")]
    [InlineData("--export-file=x")]
    [InlineData("--uid=1")]
    [InlineData("--")]
    [InlineData("--nice", "5", ":", "--nice=5")]
    [InlineData("job.sh")]
    [InlineData("--nice=5", "job.sh")]
    [InlineData("-t2", "job.sh")]
    public async Task Planning_refuses_a_conflicting_argument(params string[] arguments)
    {
        var settings = TargetSettings.From(new TargetSpec("slurm", "", JsonSerializer.SerializeToElement(new { arguments })));
        var kind = new SlurmKind(null!, Sessions.Own, _ => null, TimeProvider.System);
        var refusal = (await kind.PlanAsync(settings, new FolderStore("/store"), TestContext.Current.CancellationToken)).Refusal();
        refusal.Kind.ShouldBe(RefusalKind.BadInput);
        refusal.Message.ShouldMatch("^`arguments` can't have '.+': .+; .+\\.$");
    }

    [Theory]
    [InlineData("--time", "2")]
    [InlineData("-t2", "-p", "gpu", "-C", "a100")]
    [InlineData("--gres=gpu:a100:1", "--exclusive", "--hold", "--hint=nomultithread")]
    [InlineData("--wait-all-nodes=1", "--export=NONE", "--verbose", "--uenv=x", "--error-mode=x")]
    [InlineData("--array=1-3", "--parsable", "-o", "x", "-D", "/tmp", "--requeue", "-Hv", "-J", "We", "-wMVe")]
    public void Other_arguments_are_accepted(params string[] arguments) => ArgumentRules.FaultsOf(arguments).ShouldBeEmpty();
}
