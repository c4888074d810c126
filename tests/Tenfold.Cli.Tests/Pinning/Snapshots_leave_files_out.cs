namespace Tenfold.Cli.Tests.Pinning;

public sealed class Snapshots_leave_files_out
{
    [Fact]
    public async Task A_report_and_a_fetched_run_do_not_change_the_next_snapshot_and_can_be_taken_in()
    {
        await using var place = new Sandbox().Toy($"echo m > $TENFOLD_MODEL_DIR/m\n{Sandbox.SeedScript}");
        var fit = await place.Fit();
        (await place.Run("report", fit.Group(), "-o", "report.html")).With(0);
        (await place.Run("fetch", fit.Runs()[0].Id(), "results/out")).With(0);
        (await place.Run("fetch", fit.Runs()[0].Id())).With(0);
        var again = (await place.Run("fit", "--json")).With(0).Saying("because tenfold wrote them", "report.html", "results/out");
        again.Json[0].Text("group.snapshot").ShouldBe(fit.Text("group.snapshot"));

        // The user's own files stay part of it, and so does what is taken in.
        place.Write("results/mine.txt", "x");
        var mine = await place.Fit();
        mine.Text("group.snapshot").ShouldNotBe(fit.Text("group.snapshot"));
        var yaml = File.ReadAllText(Path.Combine(place.Project, "tenfold.yaml"));
        place.Write("tenfold.yaml", yaml.Replace("  metric:", "  exclude: [ \"!results/out/\" ]\n  metric:"));
        var taken = await place.Fit();
        var compared = (await place.Run("compare", mine.Group(), taken.Group())).Out;
        compared.ShouldContain("The code differs in results/out/model/m (new), tenfold.yaml: snapshot");
    }

    [Fact]
    public async Task Files_that_a_user_copies_into_the_project_are_part_of_the_snapshot()
    {
        await using var place = new Sandbox().Toy($"echo m > $TENFOLD_MODEL_DIR/m\n{Sandbox.SeedScript}");
        var fit = await place.Fit();
        (await place.Run("copy", $"{fit.Runs()[0].Id()}:model", "pretrained")).With(0);
        var next = await place.Fit();
        var compared = (await place.Run("compare", fit.Group(), next.Group())).Out;
        compared.ShouldContain("The code differs in pretrained/m (new): snapshot");
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("sweep")]
    public async Task A_dry_run_stores_nothing(string command)
    {
        await using var place = new Sandbox().Toy(more: "sweep: { parameters: { x: { min: 0, max: 9 } } }");
        (await place.Run(command, "--dry-run")).With(0);
        var store = Path.Combine(place.Home, "store");
        if (Directory.Exists(store)) Directory.GetFiles(store, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_home_folder_is_no_project()
    {
        await using var place = new Sandbox().Toy();
        place.Variables["HOME"] = place.Project;
        (await place.Run("fit")).With(ExitCodes.BadInput).Saying("is your home folder", "a folder of its own");
        (await place.Run("fit", "--dry-run")).With(ExitCodes.BadInput).Saying("is your home folder");
        place.Variables["HOME"] = Path.Combine(place.Project, "below");
        Directory.CreateDirectory(Path.Combine(place.Project, "below"));
        (await place.Run("fit")).With(ExitCodes.BadInput).Saying("is a folder above your home folder");
        (await place.RunIn(Path.Combine(place.Project, "below"), "init")).With(ExitCodes.BadInput).Saying("is your home folder");
        File.Exists(Path.Combine(place.Project, "below", "tenfold.yaml")).ShouldBeFalse();
    }

    [Fact]
    public async Task Credentials_stay_out_and_what_looks_like_a_secret_is_named_aloud()
    {
        await using var place = new Sandbox().Toy($"ls -A\n{Sandbox.SeedScript}");
        place.Write(".env", "HF_TOKEN=x");
        place.Write("id_rsa", "x");
        place.Write("secrets.json", "{}");
        var ended = (await place.Run("fit", "--json")).With(0).Saying(
            ".env, id_rsa", "!.env", "secrets.json looks like a secret and is in the snapshot");
        var seen = (await place.Run("logs", ended.Json[0].Group())).With(0).Out;
        seen.ShouldContain("secrets.json");
        seen.ShouldNotContain("id_rsa");
        seen.ShouldNotContain(".env");
    }
}
