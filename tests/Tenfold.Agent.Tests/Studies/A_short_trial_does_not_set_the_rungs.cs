using Tenfold.Core.Studies;

namespace Tenfold.Agent.Tests.Studies;

/// <summary>A trial may end itself early, or have few steps because their number is searched.</summary>
public sealed class A_short_trial_does_not_set_the_rungs
{
    [Theory]
    [InlineData(5)]
    [InlineData(1)]
    [InlineData(80)]
    public async Task Nothing_is_pruned_before_three_have_completed_and_the_longest_sets_the_rungs(int shortest)
    {
        using var lab = Lab(new Pruning(PruningRule.Asha), 16);
        var driver = lab.Driver();
        await driver.ReconcileAsync(CancellationToken.None);
        for (var trial = 2; trial <= 16; trial++) await lab.PrintAsync(Run(trial), Values(8, trial));
        await lab.EndRunAsync(Run(1), Values(shortest, 1));
        await EndRoundAsync(driver);
        await lab.EndRunAsync(Run(2), Values(81, 2));
        await EndRoundAsync(driver);
        (await lab.Ledger.ListRungsAsync(Laboratory.Name, CancellationToken.None)).ShouldBeEmpty();

        await lab.EndRunAsync(Run(3), Values(20, 3));
        for (var trial = 4; trial <= 16; trial++) await lab.PrintAsync(Run(trial), Values(30, trial));
        await EndRoundAsync(driver);
        var rungs = await lab.Ledger.ListRungsAsync(Laboratory.Name, CancellationToken.None);
        rungs.Select(rung => rung.Rung).Distinct().Order().ShouldBe([9, 27]);
        rungs.Any(rung => rung.IsPruned).ShouldBeTrue();
    }

    [Fact]
    public async Task The_rungs_move_up_when_a_longer_trial_completes()
    {
        using var lab = Lab(new Pruning(PruningRule.Asha), 8);
        var driver = lab.Driver();
        await driver.ReconcileAsync(CancellationToken.None);
        for (var trial = 1; trial <= 3; trial++) await lab.EndRunAsync(Run(trial), Values(9, trial));
        await EndRoundAsync(driver);
        await RungsAreAsync(lab, [1, 3]);
        await lab.EndRunAsync(Run(4), Values(81, 4));
        await EndRoundAsync(driver);
        // The completed trials that are long enough have values at the new rungs, too.
        (await RungsAreAsync(lab, [1, 3, 9, 27])).Where(rung => rung.Rung == 9).Select(rung => rung.Number).ShouldBe([1, 2, 3, 4]);
        // Another process comes to the same rungs.
        await lab.Driver().ReconcileAsync(CancellationToken.None);
        await RungsAreAsync(lab, [1, 3, 9, 27]);
    }

    [Fact]
    public async Task A_given_length_needs_no_completed_trial()
    {
        using var lab = Lab(new Pruning(PruningRule.Asha, MaxSteps: 81), 14);
        var driver = lab.Driver();
        await driver.ReconcileAsync(CancellationToken.None);
        await lab.EndRunAsync(Run(1), Values(5, 1));
        for (var trial = 2; trial <= 14; trial++) await lab.PrintAsync(Run(trial), Values(10, 20 - trial));
        await EndRoundAsync(driver);
        // The first ten trials wait for a forecast.
        (await RungsAreAsync(lab, [9])).Where(rung => rung.IsPruned).Select(rung => rung.Number).ShouldBe([11, 12, 13, 14]);
    }

    private static Laboratory Lab(Pruning pruning, int trials) =>
        new(spec => spec with { Trials = trials, Parallel = trials, Prune = pruning });

    // One round records what has ended, and the next one compares.
    private static async Task EndRoundAsync(StudyDriver driver)
    {
        for (var round = 0; round < 2; round++) await driver.ReconcileAsync(CancellationToken.None);
    }

    private static async Task<IReadOnlyList<RungRecord>> RungsAreAsync(Laboratory lab, long[] expected)
    {
        var rungs = await lab.Ledger.ListRungsAsync(Laboratory.Name, CancellationToken.None);
        rungs.Select(rung => rung.Rung).Distinct().Order().ShouldBe(expected);
        return rungs;
    }

    private static string Run(int trial) => $"{Laboratory.Name}-t{trial}-1";

    private static double[] Values(int steps, int trial) => [.. Enumerable.Range(1, steps).Select(step => 0.01 * trial)];
}
