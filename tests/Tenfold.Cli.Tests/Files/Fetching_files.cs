using System.Text.Json.Nodes;

namespace Tenfold.Cli.Tests.Files;

public sealed class Fetching_files
{
    private const string Making =
        "mkdir -p $TENFOLD_MODEL_DIR/deep\necho one > $TENFOLD_MODEL_DIR/deep/one\necho two > $TENFOLD_OUTPUT_DIR/two\n" +
        "echo here > three\n" + Sandbox.SeedScript;

    [Fact]
    public async Task Fetch_copies_all_files_including_the_working_folder()
    {
        await using var place = new Sandbox().Toy(Making);
        var fit = await place.Fit();
        (await place.Run("fetch", fit.Group(), "out")).With(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(["model/deep/one", "output/two", "work/three"], ignoreOrder: true);
        (await place.Run("fetch", fit.Group())).With(0);
        Read(place, $"{fit.Runs()[0].Id()}/work/three").ShouldBe("here\n", "the default folder has the run's id");
    }

    [Fact]
    public async Task A_run_without_files_makes_no_folder_and_says_so()
    {
        await using var place = new Sandbox().Toy(Sandbox.SeedScript);
        var fit = await place.Fit();
        (await place.Run("fetch", fit.Group(), "out")).With(0).Saying("the run wrote no files, so nothing was fetched and out was not made")
            .Out.ShouldBe("");
        Path.Exists(Path.Combine(place.Project, "out")).ShouldBeFalse();
        (await place.Run("fetch", "nosuch")).With(ExitCodes.NotFound);
    }

    [Fact]
    public async Task A_full_disk_of_standard_output_is_named_as_such()
    {
        await using var place = new Sandbox().Toy(Sandbox.SeedScript);
        var fit = await place.Fit();
        place.Before = ["sh", "-c", "exec \"$0\" \"$@\" > /dev/full"];
        foreach (var command in new[] { "runs", "runs --json", $"logs {fit.Group()}" })
        {
            (await place.Run(command.Split(' '))).With(ExitCodes.CannotWrite).Saying("standard output can't be written").Error
                .ShouldNotContain("TENFOLD_HOME");
        }
    }

    [Theory]
    [InlineData('a', 255)]
    [InlineData('é', 127)]
    public async Task Names_of_any_length_are_fetched(char letter, int count)
    {
        var name = new string(letter, count);
        await using var place = new Sandbox().Toy($"echo long > {name}\n{Sandbox.SeedScript}");
        var fit = await place.Fit();
        (await place.Run("fetch", fit.Group(), "out")).With(0);
        Directory.GetFiles(Path.Combine(place.Project, "out/work")).ShouldHaveSingleItem().ShouldEndWith($"/{name}");
    }

    [Fact]
    public async Task Files_that_differ_are_overwritten_only_on_request()
    {
        await using var place = new Sandbox().Toy(Making);
        var fit = await place.Fit();
        place.Write("out/output/two", "mine\n");
        (await place.Run("fetch", fit.Group(), "out")).With(ExitCodes.Exists).Saying("output/two", "--overwrite", "Nothing was touched");
        Read(place, "out/output/two").ShouldBe("mine\n");
        File.Exists(Path.Combine(place.Project, "out/work/three")).ShouldBeFalse();
        (await place.Run("fetch", fit.Group(), "out", "--overwrite")).With(0);
        Read(place, "out/output/two").ShouldBe("two\n");
        (await place.Run("fetch", fit.Group(), "out")).With(0).Saying("0 files fetched", "3 existed already");
    }

    [Fact]
    public async Task An_interrupted_fetch_resumes_and_a_damaged_part_is_detected()
    {
        await using var place = new Sandbox().Toy("head -c 3000000 /dev/urandom > $TENFOLD_MODEL_DIR/big\n" + Sandbox.SeedScript);
        var fit = await place.Fit();
        var stored = Directory.GetFiles(place.Home, "big", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(stored);
        var sha = (await place.Json("show", "--json", fit.Runs()[0].Id())).Text("files.0.sha256")!;
        Directory.CreateDirectory(Path.Combine(place.Project, "out/model"));

        var (part, target) = (Path.Combine(place.Project, $"out/model/big.{sha[..8]}.part"), Path.Combine(place.Project, "out/model/big"));

        // The first byte in the store is damaged, so only a fetch that continues the part can succeed.
        await File.WriteAllBytesAsync(part, bytes[..1_000_000]);
        await File.WriteAllBytesAsync(stored, Flipped(bytes));
        (await place.Run("fetch", fit.Group(), "out")).With(0);
        (await File.ReadAllBytesAsync(target)).SequenceEqual(bytes).ShouldBeTrue();

        await File.WriteAllBytesAsync(stored, bytes);
        File.Delete(target);
        await File.WriteAllBytesAsync(part, Flipped(bytes[..1_000_000]));
        (await place.Run("fetch", fit.Group(), "out")).With(0);
        (await File.ReadAllBytesAsync(target)).SequenceEqual(bytes).ShouldBeTrue();
        Directory.GetFiles(Path.Combine(place.Project, "out/model")).ShouldBe([target], "no part is left");
    }

    [Fact]
    public async Task Copy_copies_one_file_or_folder()
    {
        await using var place = new Sandbox().Toy(Making);
        var run = (await place.Fit()).Runs()[0].Id();
        (await place.Run("copy", $"{run}:model/deep/one", "renamed")).With(0);
        Read(place, "renamed").ShouldBe("one\n");
        (await place.Run("copy", $"{run}:model", "folder")).With(0);
        Read(place, "folder/deep/one").ShouldBe("one\n");
        (await place.Run("copy", $"{run}:output/two", "folder")).With(0);
        Read(place, "folder/two").ShouldBe("two\n");
        (await place.Run("copy", $"{run}:output/two", "renamed")).With(ExitCodes.Exists).Saying("--overwrite");
        (await place.Run("copy", $"{run}:output/too", "x")).With(ExitCodes.NotFound).Saying("output/too", "output/two");
        (await place.Run("copy", run, "x")).With(ExitCodes.BadInput).Saying("RUN:PATH");
        (await place.Run("copy", $"{run}:../../ledger.db", "x")).With(ExitCodes.NotFound);
    }

    [Theory]
    [InlineData("../escaped")]
    [InlineData("/tmp/escaped")]
    [InlineData("model/../../escaped")]
    [InlineData("model//x")]
    public async Task A_hostile_path_in_a_manifest_is_not_followed(string path)
    {
        await using var place = new Sandbox().Toy(Making);
        var run = (await place.Fit()).Runs()[0].Id();
        var manifest = Path.Combine(place.Home, "store", "attempts", $"{run}-1", "manifest.json");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(manifest))!;
        json["files"]!.AsArray()[0]!["path"] = path;
        await File.WriteAllTextAsync(manifest, json.ToJsonString());
        (await place.Run("fetch", run, "out")).With(ExitCodes.Damaged).Saying("can't be trusted", "Nothing was fetched");
        Directory.Exists(Path.Combine(place.Project, "out")).ShouldBeFalse();
        File.Exists("/tmp/escaped").ShouldBeFalse();
        Directory.GetFiles(place.Root, "escaped", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_link_that_leads_out_of_a_runs_folder_is_not_followed()
    {
        await using var place = new Sandbox();
        await File.WriteAllTextAsync(Path.Combine(place.Outside, "secret"), "secret");
        place.Toy(
            $"""
            ln -s {place.Outside}/secret $TENFOLD_MODEL_DIR/link
            ln -s {place.Outside} $TENFOLD_MODEL_DIR/folder
            mkfifo $TENFOLD_MODEL_DIR/pipe
            {Making}
            """);
        var fit = await place.Fit();
        (await place.Run("fetch", fit.Group(), "out")).With(0).Out.ShouldNotContain("link");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(place.Project, "out"), "*", SearchOption.AllDirectories))
            (await File.ReadAllTextAsync(file)).ShouldNotContain("secret");
        fit.Text("runs.0.reason")!.ShouldContain("model/folder was not stored");
    }

    private static string Read(Sandbox place, string path) => File.ReadAllText(Path.Combine(place.Project, path));

    private static byte[] Flipped(byte[] bytes) => [(byte)(bytes[0] ^ 1), .. bytes[1..]];
}
