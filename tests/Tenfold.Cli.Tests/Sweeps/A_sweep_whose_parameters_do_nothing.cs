namespace Tenfold.Cli.Tests.Sweeps;

public sealed class A_sweep_whose_parameters_do_nothing
{
    [Fact]
    public async Task The_result_asks_whether_they_reach_the_script()
    {
        await using var place = new Sandbox().Sweep(
            "echo \"{\\\"metric\\\":\\\"accuracy\\\",\\\"value\\\":$TENFOLD_SEED}\"\n",
            "method: sobol, trials: 3, parallel: 3, confirm: { top: 2, repeat: 3 }");
        var sweep = (await place.Run("sweep")).With(0).Out.ReplaceLineEndings(" ");
        sweep.ShouldContain("gave the same value for each seed: do the parameters in which they differ reach the script?");
    }

    [Fact]
    public async Task So_does_a_sweep_whose_trials_all_have_one_value()
    {
        await using var place = new Sandbox().Sweep(
            "echo '{\"metric\":\"accuracy\",\"value\":0.5}'\n", "method: sobol, trials: 3, parallel: 3");
        (await place.Run("sweep")).With(0).Out.ShouldContain("note: Every trial has the same value: does the script use its parameters?");
    }
}
