using Tenfold.Core.Artifacts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Tests.Results;

public sealed class A_group_reproduces_its_original
{
    private static readonly GroupRecord Group = Example.Group("aaaaaaaa");

    [Theory]
    [InlineData(0.5, 0.5, true)]
    [InlineData(0.1 + 0.2, 0.3, false)]
    [InlineData(double.NaN, double.NaN, true)]
    [InlineData(double.NaN, 1, false)]
    [InlineData(0.0, 1e-300, false)]
    public void A_group_reproduces_only_if_every_value_is_equal_to_the_last_digit(double original, double value, bool isReproduced)
    {
        var run = ReproducedRun.Of(Run(original), Run(value), (Files("a"), Files("a")), null);
        (run.Files, run.DifferingFiles.Count).ShouldBe((1, 0));
        new Reproduction("x", [run]).IsReproduced.ShouldBe(isReproduced);
    }

    [Fact]
    public void A_group_reproduces_only_if_every_file_is_equal()
    {
        ArtifactFile[] original = [.. Files("a"), File("output/p.svg", "1")], again = [.. Files("b"), File("work/n", "2")];
        var run = ReproducedRun.Of(Run(1), Run(1), (original, again), null);
        run.DifferingFiles.ShouldBe(["model/m", "output/p.svg", "work/n"]);
        new Reproduction("x", [run]).IsReproduced.ShouldBeFalse();
    }

    [Fact]
    public void An_executed_notebook_has_times_in_it_and_does_not_count() =>
        ReproducedRun.Of(Run(1), Run(1), ([File("output/a.ipynb", "1")], [File("output/a.ipynb", "2")]), "output/a.ipynb")
            .Differing.ShouldBe(0);

    [Fact]
    public void A_group_does_not_reproduce_if_a_run_failed_or_nothing_can_be_compared()
    {
        var failed = ReproducedRun.Of(Run(1), Example.Run(Group, 1, 1, RunState.Failed), null, null);
        failed.IsComparable.ShouldBeFalse();
        var reproduction = new Reproduction("x", [failed, ReproducedRun.Of(Run(1), Run(1), null, null)]);
        (reproduction.IsReproduced, reproduction.Incomparable).ShouldBe((false, 1));
        var silent = Run(1) with { Metrics = [] };
        new Reproduction("x", [ReproducedRun.Of(silent, silent, ([], []), null)]).IsReproduced.ShouldBeFalse();
    }

    private static RunWithMetrics Run(double value) => Example.Run(Group, 1, value);

    private static ArtifactFile[] Files(string sha256) => [File("model/m", sha256)];

    private static ArtifactFile File(string path, string sha256) => new() { Path = path, SizeBytes = 1, Sha256 = sha256 };
}
