namespace Tenfold.Cli.Tests.BadInput;

public sealed class Wrong_parameters_and_data
{
    [Fact]
    public async Task An_unknown_parameter_is_refused_with_the_nearest_name()
    {
        await using var place = new Sandbox().Toy(more: "  params: { learning_rate: 0.1, layers: 2 }");
        (await place.Run("fit", "-p", "learning_rte=0.2")).With(ExitCodes.BadInput).Saying("learning_rte", "learning_rate");
        await NothingRecorded(place);
    }

    [Fact]
    public async Task A_parameter_of_the_wrong_type_is_refused_with_the_expected_type()
    {
        await using var place = new Sandbox().Toy(more: "  params: { learning_rate: 0.1, layers: 2, fast: true }");
        var ended = (await place.Run("fit", "-p", "layers=many", "-p", "fast=3", "-p", "learning_rate=high")).With(ExitCodes.BadInput);
        ended.Saying("3 faults", "layers", "many", "fast", "learning_rate", "high");
        (await place.Run("fit", "-p", "layers")).With(ExitCodes.BadInput).Saying("layers", "=");
        await NothingRecorded(place);
    }

    [Fact]
    public async Task A_parameter_that_the_command_needs_must_have_a_value()
    {
        await using var place = new Sandbox();
        place.Write("tenfold.yaml", "name: toy\ntrain:\n  command: sh train.sh {rate}\n");
        place.Write("train.sh", "");
        (await place.Run("fit")).With(ExitCodes.BadInput).Saying("tenfold.yaml:3", "{rate}");
        await NothingRecorded(place);
    }

    [Fact]
    public async Task All_faults_of_the_file_are_reported_at_once()
    {
        await using var place = new Sandbox();
        place.Write("tenfold.yaml", "name: toy\ntrain:\n  comand: sh train.sh\n  params: 3\nresources: { max_runtime: 2 parsecs }\n");
        (await place.Run("fit")).With(ExitCodes.BadInput)
            .Saying("tenfold.yaml:3", "comand", "command", "tenfold.yaml:4", "tenfold.yaml:5", "2 parsecs");
    }

    [Fact]
    public async Task Missing_data_is_refused_before_anything_is_recorded()
    {
        await using var place = new Sandbox().Toy(more: "  data: { train: data/iris.csv }");
        (await place.Run("fit")).With(ExitCodes.BadInput).Saying("data channel 'train'", "data/iris.csv");
        await NothingRecorded(place);
    }

    [Fact]
    public async Task Data_that_changed_after_it_was_recorded_fails_waiting_runs_and_reruns()
    {
        await using var place = new Sandbox();
        var (go, data) = (Path.Combine(place.Outside, "go"), Path.Combine(place.Outside, "data"));
        await File.WriteAllTextAsync(data, "one");
        place.Toy($"while [ ! -e {go} ]; do sleep 0.02; done\n{Sandbox.SeedScript}", $"  data: {{ train: {data} }}");
        var fit = (await place.Run("fit", "--detach", "--json", "--repeat", "2", "--parallel", "1")).With(0).Json[0];
        await place.RunsUntil(runs => runs.Any(run => run.State() == "running"));
        await File.WriteAllTextAsync(data, "changed");
        await File.WriteAllTextAsync(go, "");
        var runs = (await place.RunsUntilAllEnded()).OrderBy(run => run.Number("repeat")).ToList();
        runs.Select(run => run.State()).ShouldBe(["succeeded", "failed"]);
        runs[1].Text("reason")!.ShouldContain("train");
        (await place.Run("fit", "--like", fit.Group())).With(ExitCodes.BadInput).Saying("has changed", data, "Restore the data");
        await File.WriteAllTextAsync(data, "one");
        (await place.Run("fit", "--like", fit.Group())).With(0);
    }

    [Fact]
    public async Task Unreadable_data_is_refused()
    {
        await using var place = new Sandbox().Toy(more: "  data: { train: secret }");
        place.Write("secret", "x");
        OwnUser.Give(place);
        File.SetUnixFileMode(Path.Combine(place.Project, "secret"), UnixFileMode.None);
        (await place.Run("fit")).With(ExitCodes.BadInput).Saying("data channel 'train'", "permission");
        await NothingRecorded(place);
    }

    [Fact]
    public async Task A_missing_secret_is_refused_and_a_given_secret_is_written_nowhere()
    {
        await using var place = new Sandbox().Toy($"echo token $HF_TOKEN\n{Sandbox.SeedScript}", "  secrets: [ HF_TOKEN ]");
        (await place.Run("fit")).With(ExitCodes.BadInput).Saying("HF_TOKEN", "export");
        place.Variables["HF_TOKEN"] = "hf_very_secret_1234567890";
        var fit = await place.Fit();
        var logs = (await place.Run("logs", fit.Group())).With(0).Out;
        logs.ShouldStartWith("token ");
        logs.ShouldNotContain("hf_very_secret");
        foreach (var file in Directory.EnumerateFiles(place.Home, "*", SearchOption.AllDirectories))
            System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file))
                .ShouldNotContain("hf_very_secret", Case.Sensitive, file);
    }

    private static async Task NothingRecorded(Sandbox place) => (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
}
