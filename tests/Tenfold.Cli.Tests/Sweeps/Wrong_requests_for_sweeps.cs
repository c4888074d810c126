namespace Tenfold.Cli.Tests.Sweeps;

public sealed class Wrong_requests_for_sweeps
{
    [Theory]
    [InlineData("sweep --method thomson", "--method must be auto, random", "did you mean thompson?")]
    [InlineData("sweep --prune ahsa", "--prune must be asha, median, hyperband or none", "did you mean asha?")]
    [InlineData("sweep --method grid", "grid", "x")]
    [InlineData("sweep --cost 0", "--cost must be an amount in US dollars above 0", "not 0")]
    [InlineData("sweep --time 5", "--time", "the unit is missing")]
    [InlineData("sweep --trials 0", "--trials must be a whole number from 1", "")]
    [InlineData("sweep --seed -3", "--seed must be a whole number of at least 0", "")]
    [InlineData("sweep --metric loss", "loss", "minimize")]
    [InlineData("sweep -p x=7", "every parameter of the sweep is fixed", "tenfold fit")]
    [InlineData("sweep -p y=7", "y", "x")]
    [InlineData("sweep --paralel 3", "no option --paralel", "--parallel")]
    [InlineData("study create --repeat 3", "no option --repeat", "")]
    public async Task Are_explained_and_record_nothing(string line, string first, string second)
    {
        await using var place = new Sandbox().Sweep();
        var ended = (await place.Run(line.Split(' '))).With(ExitCodes.BadInput).Saying(first, second);
        ended.Out.ShouldBeEmpty();
        ended.Error.ShouldNotContain("   at ");
        (await place.Json("study", "list", "--json")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_project_without_a_sweep_or_a_metric_is_refused()
    {
        await using var place = new Sandbox().Toy();
        (await place.Run("sweep")).With(ExitCodes.BadInput).Saying("toy has no 'sweep' in its tenfold.yaml", "parameters:");
        place.Write(
            "tenfold.yaml",
            "name: toy\ntrain: { command: sh train.sh, params: { x: 0.5 } }\nsweep: { parameters: { x: { min: 0.0, max: 1.0 } } }\n");
        (await place.Run("sweep")).With(ExitCodes.BadInput).Saying("sweep needs a metric to optimise", "goal: maximize");
    }

    [Fact]
    public async Task A_conditional_parameter_in_the_command_needs_a_value_of_its_own()
    {
        await using var place =
            new Sandbox().Sweep(
                parameters: "x: { min: 0.0, max: 1.0 }, kind: { values: [a, b] }, depth: { min: 1, max: 3, when: { kind: a } }");
        var yaml = await File.ReadAllTextAsync(Path.Combine(place.Project, "tenfold.yaml"));
        place.Write("tenfold.yaml", yaml.Replace("sh train.sh", "sh train.sh {depth}"));
        (await place.Run("sweep")).With(ExitCodes.BadInput).Saying("{depth}", "train.params");
        place.Write("tenfold.yaml", yaml);
        (await place.Run("sweep", "-p", "kind=a")).With(ExitCodes.BadInput).Saying("depth is active only for some values of kind");
    }

    [Fact]
    public async Task Ids_of_the_wrong_kind_are_refused()
    {
        await using var place = new Sandbox().Sweep();
        var study = (await place.Sweeps("--trials", "1")).Text("study.id")!;
        var group = (await place.Fit("-p", "x=0.5")).Group();
        (await place.Run("sweep", "--resume", study, "--trials", "9", "-p", "x=1")).With(ExitCodes.BadInput)
            .Saying("--resume continues a study with its own settings", "leave out -p", $"--from {study}");
        (await place.Run("sweep", "--resume", study, "--trials", "1")).With(ExitCodes.BadInput)
            .Saying("has tried 1 points already", "larger than 1");
        (await place.Run("sweep", "--resume", "nosuch")).With(ExitCodes.NotFound).Saying("nosuch");
        (await place.Run("sweep", "--resume", $"{study}-t1-1")).With(ExitCodes.NotFound)
            .Saying("is a run, not a study", $"its study is {study}");
        (await place.Run("sweep", "--resume", group)).With(ExitCodes.NotFound).Saying("is a group, not a study");
        (await place.Run("study", "best", $"{study}-t1")).With(ExitCodes.NotFound).Saying("not a study");
        (await place.Run("sweep", "--from", group)).With(ExitCodes.NotFound).Saying("not a study");
        (await place.Run("logs", study)).With(ExitCodes.NotFound).Saying("is a study, not a run", $"{study}-t1");
        (await place.Run("sweep", "--from", study, "--metric", "loss:minimize")).With(ExitCodes.BadInput)
            .Saying("only from a study of toy by loss (minimize)");
    }
}
