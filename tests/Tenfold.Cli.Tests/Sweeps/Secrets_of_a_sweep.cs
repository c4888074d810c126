namespace Tenfold.Cli.Tests.Sweeps;

public sealed class Secrets_of_a_sweep
{
    private const string Value = "hf_very_secret_1234567890";

    [Fact]
    public async Task Reach_its_runs_and_are_written_nowhere()
    {
        await using var place = new Sandbox();
        place.Sweep(
            // The quotes keep the secret itself out of the script.
            $"""
            [ "$HF_TOKEN" = {Value[..9]}''{Value[9..]} ] || exit 5
            echo token $HF_TOKEN
            if [ $TENFOLD_PARAM_KIND = bad ]; then
                echo no access with $HF_TOKEN >&2
                exit 1
            fi
            {place.Script()}
            """,
            "method: grid, parallel: 2, confirm: { top: 1, repeat: 2 }",
            "x: { min: 0.0, max: 0.5, step: 0.5 }, kind: { values: [good, bad] }", "  secrets: [ HF_TOKEN ]\n");
        (await place.Run("sweep")).With(ExitCodes.BadInput).Saying("HF_TOKEN");
        place.Variables["HF_TOKEN"] = Value;
        var study = await place.Sweeps();
        study.States().Order().ShouldBe(["completed", "completed", "failed", "failed"]);
        study.Trials().Single(trial => trial.Settings() == """{"x":0.0,"kind":"bad"}""").Text("why")
            .ShouldBe("exit code 1\nno access with ***");
        study.Number("confirmation.finalists.0.n").ShouldBe(2);
        foreach (var file in Directory.EnumerateFiles(place.Home, "*", SearchOption.AllDirectories))
            System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain(Value, Case.Sensitive, file);
    }
}
