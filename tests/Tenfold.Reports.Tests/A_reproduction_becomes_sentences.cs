using Tenfold.Core.Results;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Tests;

public sealed class A_reproduction_becomes_sentences
{
    private static readonly ReproducedRun Same = new() { Original = "a-1", Run = "b-1", IsComparable = true, Values = 2, Files = 1 };

    [Fact]
    public void A_reproduced_group_is_confirmed() =>
        Lines(Same, Same).ShouldBe(["reproduced: 4 values and 2 files, each equal to that of a"]);

    [Fact]
    public void A_group_that_is_not_reproduced_differs_by_a_stated_amount() => Lines(
        Same with { DifferingValues = [new ValueDifference("accuracy", 0.5, 0.51)] },
        Same with { Run = "b-2", DifferingValues = [new ValueDifference("accuracy", 0.5, 0.45)], DifferingFiles = ["model/m"] }).ShouldBe(
        [
            "not reproduced: accuracy differs in 2 of 2 runs, by up to 0.05 (10 %) (first 0.5, now 0.45); "
            + "1 of 2 files differ: b-2:model/m (a is the original)",
        ]);

    [Fact]
    public void A_value_that_is_missing_and_a_run_that_failed_are_named() => Lines(
        Same with { DifferingValues = [new ValueDifference("loss", null, double.NaN)] },
        Same with { IsComparable = false, Values = 0, Files = 0 }).ShouldBe(
        [
            "not reproduced: loss differs in 1 of 1 run (first no value, now NaN); "
            + "1 of 2 runs did not succeed both times (a is the original)",
        ]);

    [Fact]
    public void Another_environment_is_named()
    {
        var reproduction = new Reproduction("a", [Same])
        {
            Changes = [new EnvironmentChange("interpreter", "3.10", "3.12"), new EnvironmentChange("numpy", "1.26", null)],
        };
        ReproductionText.Lines(reproduction).Last().ShouldBe(
            "the environment is another one: interpreter 3.12, was 3.10; numpy missing, was 1.26");
    }

    [Fact]
    public void Nothing_to_compare_is_no_success()
    {
        Lines(Same with { Values = 0, Files = 0 })[0].ShouldBe("nothing to compare with a: its runs have no values and no files");
        Lines(Same with { IsComparable = false })[0].ShouldBe("not reproduced: a can't be compared, because no run succeeded both times");
    }

    private static List<string> Lines(params ReproducedRun[] runs) => [.. ReproductionText.Lines(new Reproduction("a", runs))];
}
