using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Variance;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Tests.Results;

public sealed class The_variance_of_a_group_is_told
{
    private static readonly Variation Varied = new([new("seed"), new("split", "split_seed"), new("hardware")]);

    private static readonly JsonElement Own = JsonDocument.Parse("""{"rate":0.1,"split_seed":7}""").RootElement;

    [Fact]
    public void Each_run_of_a_block_differs_from_its_base_run_in_one_source()
    {
        var seen = Enumerable.Range(1, 12).Select(repeat => (
            Block: Varied.BlockOf(repeat), Word: Varied.WordOf(repeat), Seed: Varied.SeedOf(5, repeat), Split: SplitOf(repeat))).ToArray();
        foreach (var block in seen.Chunk(4))
        {
            block.Select(run => run.Word).ShouldBe(["all", "seed", "split", "hardware"]);
            block.Select(run => run.Block).Distinct().Count().ShouldBe(1);
            var first = block[0];
            block.Select(run => run.Seed != first.Seed).ShouldBe([false, true, false, false]);
            block.Select(run => run.Split != first.Split).ShouldBe([false, false, true, false]);
        }

        seen.Select(run => run.Seed).Distinct().Count().ShouldBe(6);
        seen.Select(run => run.Split).Distinct().Count().ShouldBe(6);
        seen.Select(run => run.Seed).Intersect(seen.Select(run => run.Split)).ShouldBeEmpty();
    }

    [Fact]
    public void A_source_that_is_not_varied_keeps_its_seed_and_its_parameter()
    {
        var other = new Variation([new("order", "order_seed"), new("hardware")]);
        Enumerable.Range(1, 9).Select(repeat => other.SeedOf(5, repeat)).Distinct().Count().ShouldBe(1);
        Parameters.FromJson(other.ParametersOf(Own, 5, 3).GetRawText())["split_seed"].ShouldBe(new IntegerValue(7));
    }

    // Whoever repeats the runs with another program needs the same numbers.
    [Fact]
    public void Draws_are_the_same_everywhere()
    {
        Varied.SeedOf(0, 1).ShouldBe(SeedSequence.Derive(0, 1));
        Varied.SeedOf(0, 2).ShouldBe(SeedSequence.Derive(0, 2));
        // python3: int.from_bytes(hashlib.sha256(b"tenfold-vary/1:split:5:1").digest()[:4]) & 0x7fffffff
        SplitOf(1).ShouldBe(1904473370);
        SplitOf(3).ShouldBe(1170059542);
    }

    [Fact]
    public void The_runs_assignment_has_its_own_parameters_and_no_variation()
    {
        var group = Group(2);
        group.SpecOf(3).Parameters.GetRawText().ShouldContain($"\"split_seed\":{SplitOf(3)}");
        group.SpecOf(3).Variation.ShouldBeNull();
        group.SpecOf(3).Snapshot.ShouldBe(group.Spec.Snapshot);
    }

    [Fact]
    public void Components_means_and_missing_values_come_from_the_right_runs()
    {
        var group = Group(3);
        double?[] values = [1, 2, 1.5, 1, 3, 5, 3, 3, 2, null, 4, 2];
        RunWithMetrics[] runs = [.. values.Select((value, i) => Example.Run(group, i + 1, value))];
        var found = GroupVariance.Of(group, runs)!;
        found.Components.Sources.Select(source => source.Count).ShouldBe([2, 3, 3]);
        found.Components.Sources[0].Variance!.Value.ShouldBe((1 + 4) / 4.0, 1e-12);
        found.Components.Sources[1].Variance!.Value.ShouldBe((0.25 + 0 + 4) / 6, 1e-12);
        found.Components.Sources[2].Finding.ShouldBe(SourceFinding.NoEffect);
        found.Components.Together.Variance.ShouldBe(1);
        (found.Missing, found.Runs, found.IsHardwareVaried).ShouldBe((1, 12, true));
        var statistics = GroupStatistics.Of(group, runs, group.Spec.Metric!);
        (statistics.Summary!.N, statistics.Summary.Mean).ShouldBe((3, 2));
        GroupVariance.Of(group with { Spec = group.Spec with { Variation = null } }, runs).ShouldBeNull();
    }

    private static long SplitOf(int repeat) =>
        ((IntegerValue)Parameters.FromJson(Varied.ParametersOf(Own, 5, repeat).GetRawText())["split_seed"]).Value;

    private static GroupRecord Group(int blocks)
    {
        var group = Example.Group("aaaaaaaa");
        return group with
        {
            BaseSeed = 5,
            Repeat = 4 * blocks,
            Spec = group.Spec with { Variation = Varied, Parameters = Own, Metric = new("accuracy", default) },
        };
    }
}
