using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Snapshots;

public sealed class Secrets_stay_out_of_snapshots : IDisposable
{
    private const string Key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n";
    private static readonly string Token = "hf_" + new string('a', 34);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".env", ".env")]
    [InlineData(".env.local", ".env.local")]
    [InlineData("deep/.env.production", "deep/.env.production")]
    [InlineData(".ssh/config", ".ssh/")]
    [InlineData("home/.aws/credentials", "home/.aws/")]
    [InlineData(".gnupg/x", ".gnupg/")]
    [InlineData("id_rsa", "id_rsa")]
    [InlineData("keys/id_ed25519", "keys/id_ed25519")]
    [InlineData(".netrc", ".netrc")]
    [InlineData("a.p12", "a.p12")]
    [InlineData("a.ppk", "a.ppk")]
    public async Task Credentials_stay_out_and_are_named_and_the_project_may_take_one_in(string path, string named)
    {
        _folder.Write($"p/{path}", "x");
        var taken = await Take();
        taken.Paths.ShouldBe(["train.py"]);
        taken.Credentials.ShouldBe([named]);
        (await Take($"!{named}")).Paths.ShouldContain(path);
    }

    [Theory]
    [InlineData(".env.example")]
    [InlineData(".environment")]
    [InlineData("env")]
    [InlineData("id_map.csv")]
    [InlineData("id_rsa.pub")]
    [InlineData("ssh/config")]
    [InlineData("node_modules.txt")]
    [InlineData("gold.key")]
    [InlineData("ca.pem")]
    [InlineData("keyboard.txt")]
    public async Task Files_with_names_that_are_only_alike_stay_in(string path)
    {
        _folder.Write($"p/{path}", "-----BEGIN CERTIFICATE-----\n");
        var taken = await Take();
        taken.Paths.ShouldContain(path);
        (taken.Credentials.Count, taken.Suspects.Count).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData("server.key")]
    [InlineData("deep/cert.pem")]
    [InlineData("KEY.PEM")]
    [InlineData("ci/deploy_key")]
    public async Task A_private_key_stays_out_whatever_its_name_and_is_named_every_time(string path)
    {
        _folder.Write($"p/{path}", Key);
        string? id = null;
        for (var time = 0; time < 2; time++)
        {
            var taken = await Take();
            taken.Paths.ShouldBe(["train.py"]);
            taken.Credentials.ShouldBe([path]);
            taken.Snapshot.Id.ShouldBe(id ?? taken.Snapshot.Id);
            id = taken.Snapshot.Id;
        }

        (await Take($"!{path}")).Paths.ShouldContain(path);
    }

    [Fact]
    public async Task Installed_packages_stay_out_without_a_word()
    {
        string[] packages = ["node_modules/a/index.js", "web/node_modules/b.js", ".venv/lib/x.py"];
        foreach (var path in packages) _folder.Write($"p/{path}", "x");
        var taken = await Take();
        taken.Paths.ShouldBe(["train.py"]);
        taken.Credentials.ShouldBeEmpty();
        (await Take("!node_modules/")).Paths.ShouldContain("node_modules/a/index.js");
    }

    [Theory]
    [InlineData("secrets.json", "{}")]
    [InlineData("conf/credentials.yml", "a: b")]
    [InlineData("service-account-prod.json", "{}")]
    [InlineData("kaggle.json", "{}")]
    public async Task A_file_that_is_called_a_secret_is_named_every_time(string path, string content)
    {
        _folder.Write($"p/{path}", content);
        (await Take()).Suspects.ShouldBe([path]);
        var again = await Take();
        again.Suspects.ShouldBe([path]);
        again.Paths.ShouldContain(path);
    }

    [Fact]
    public async Task A_file_that_holds_a_token_is_named_when_it_is_new_or_changed()
    {
        _folder.Write("p/config.py", $"TOKEN = '{Token}'\n");
        _folder.Write("p/secrets.py", "import secrets\n");
        (await Take()).Suspects.ShouldBe(["config.py"]);
        _folder.Write("p/other.yaml", $"key: AKIA{new string('A', 16)}\n");
        (await Take()).Suspects.ShouldContain("other.yaml");
    }

    [Fact]
    public async Task A_trial_stores_nothing_and_has_the_same_id()
    {
        var request = new SnapshotRequest { Root = _folder["p"], IsTrial = true };
        _folder.Write("p/train.py", "x");
        var outcome = await Taker().TakeAsync(request, CancellationToken.None);
        var trial = outcome.ShouldBeOfType<SnapshotOutcome.Stored>();
        Directory.Exists(_folder["store/snapshots"]).ShouldBeFalse();
        (await Take()).Snapshot.Id.ShouldBe(trial.Snapshot.Id);
    }

    [Fact]
    public async Task A_home_folder_and_the_folders_above_it_are_no_project()
    {
        var home = _folder["users/ann"];
        Directory.CreateDirectory(home);
        foreach (var folder in new[] { "/", home, home + "/", Path.GetDirectoryName(home)! })
        {
            var request = new SnapshotRequest { Root = folder, HomeFolder = home };
            var outcome = await Taker().TakeAsync(request, CancellationToken.None);
            outcome.ShouldBeOfType<SnapshotOutcome.Refused>().Faults[0].Message.ShouldContain("put the project into a folder of its own");
        }

        ProjectRoot.Fault(Path.Combine(home, "project"), home).ShouldBeNull();
        ProjectRoot.Fault(home, "").ShouldBeNull();
    }

    [Fact]
    public void Warned_files_are_remembered_as_long_as_they_are_unchanged()
    {
        var outputs = new OwnOutputs(_folder["home/outputs"]);
        outputs.Below(_folder["p"]).ShouldBeEmpty();
        _folder.Write("p/report.html", "x");
        _folder.Write("p/out/model/a", "x");
        _folder.Write("p/outer", "x");
        foreach (var path in new[] { "report.html", "out", "out/model", "gone" }) outputs.Record(_folder[$"p/{path}"]);
        outputs.Below(_folder["p"]).ShouldBe(["out", "report.html"]);
        outputs.Below(_folder["p/out"]).ShouldBe(["model"]);
        // The user's own file of this name.
        File.WriteAllText(_folder["p/mine"], "mine");
        File.Move(_folder["p/mine"], _folder["p/report.html"], overwrite: true);
        outputs.Below(_folder["p"]).ShouldBe(["out"]);
    }

    private SnapshotTaker Taker() => new(new FolderStore(_folder["store"]), _folder["cache"], TimeProvider.System);

    private async Task<SnapshotOutcome.Stored> Take(params string[] exclude)
    {
        if (!File.Exists(_folder["p/train.py"])) _folder.Write("p/train.py", "x");
        var outcome = await Taker().TakeAsync(new SnapshotRequest { Root = _folder["p"], Exclude = exclude }, CancellationToken.None);
        return outcome.ShouldBeOfType<SnapshotOutcome.Stored>();
    }
}
