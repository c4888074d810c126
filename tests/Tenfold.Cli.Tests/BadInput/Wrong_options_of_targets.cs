namespace Tenfold.Cli.Tests.BadInput;

/// <summary>The application layer's tests have more faults of each kind. These show the exit code, and that nothing is recorded.</summary>
public sealed class Wrong_options_of_targets
{
    [Theory]
    [InlineData("slurm, folder: relative, arguments: [--wait]", "'--wait'", "'relative' is relative")]
    [InlineData("batch, queue: ml", "`job_role`", "there is no bucket")]
    [InlineData("ec2, region: eu-west-1, usd_per_hour: much, image: x", "`usd_per_hour`", "`image` is 'x'")]
    [InlineData("sagemaker, role: ml, usd_per_hour: much", "`usd_per_hour`", "role")]
    public async Task Every_fault_is_named_and_the_exit_code_is_that_of_bad_input(string options, string one, string other)
    {
        await using var place = new Sandbox().Toy();
        place.Write("tenfold.yaml", $"name: toy\ntrain:\n  command: sh train.sh\ntargets: {{ far: {{ kind: {options} }} }}\n");
        (await place.Run("fit", "--on", "far")).With(ExitCodes.BadInput).Saying(one, other, "Nothing was recorded or submitted");
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
    }
}
