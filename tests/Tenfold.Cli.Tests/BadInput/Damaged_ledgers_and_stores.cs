using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Tenfold.Cli.Tests.BadInput;

public sealed class Damaged_ledgers_and_stores
{
    [Fact]
    public async Task A_ledger_of_a_newer_version_is_refused_and_left_unchanged()
    {
        await using var place = new Sandbox().Toy();
        await place.Fit();
        await place.AgentExits();
        Execute(place, "PRAGMA user_version = 99");
        Execute(place, "PRAGMA wal_checkpoint(TRUNCATE)");
        var before = SHA256.HashData(await File.ReadAllBytesAsync(place.Ledger));
        foreach (var command in new[] { "runs", "fit", "doctor" })
        {
            var ended = await place.Run(command);
            if (command == "doctor") ended.With(ExitCodes.RunFailed).Out.ShouldContain("newer tenfold");
            else ended.With(ExitCodes.Damaged).Saying("newer tenfold", "its version is 99", "Upgrade tenfold", "Nothing was changed");
        }

        SHA256.HashData(await File.ReadAllBytesAsync(place.Ledger)).ShouldBe(before);
    }

    [Fact]
    public async Task A_ledger_that_is_not_a_database_is_refused_and_left_unchanged()
    {
        await using var place = new Sandbox().Toy();
        Directory.CreateDirectory(place.Home);
        await File.WriteAllTextAsync(place.Ledger, new string('x', 10_000));
        foreach (var command in new[] { "runs", "fit" })
            (await place.Run(command)).With(ExitCodes.Damaged).Saying("is damaged or not a SQLite file", place.Ledger);
        (await File.ReadAllTextAsync(place.Ledger)).ShouldBe(new string('x', 10_000));
    }

    [Fact]
    public async Task Fetch_detects_a_flipped_byte_and_names_the_file()
    {
        await using var place = new Sandbox().Toy(
            "echo good > $TENFOLD_MODEL_DIR/good\necho bad > $TENFOLD_MODEL_DIR/bad\n" + Sandbox.SeedScript);
        var fit = await place.Fit();
        Flip(Directory.GetFiles(place.Home, "bad", SearchOption.AllDirectories).Single());
        (await place.Run("fetch", fit.Group(), "out")).With(ExitCodes.Damaged)
            .Saying("1 file is corrupted", "model/bad").Error.ShouldNotContain("model/good,");
        File.Exists(Path.Combine(place.Project, "out/model/bad")).ShouldBeFalse();
        (await File.ReadAllTextAsync(Path.Combine(place.Project, "out/model/good"))).ShouldBe("good\n");
        (await place.Run("copy", $"{fit.Group()}:model/bad", "bad")).With(ExitCodes.Damaged);
        (await place.Run("copy", $"{fit.Group()}:model/good", "good")).With(0);
    }

    [Fact]
    public async Task Fetch_reports_a_missing_artifact()
    {
        await using var place = new Sandbox().Toy("echo bad > $TENFOLD_MODEL_DIR/bad\n" + Sandbox.SeedScript);
        var fit = await place.Fit();
        File.Delete(Directory.GetFiles(place.Home, "bad", SearchOption.AllDirectories).Single());
        (await place.Run("fetch", fit.Group(), "out")).With(ExitCodes.Damaged).Saying("model/bad");
    }

    [Fact]
    public async Task A_flipped_byte_in_a_snapshot_fails_the_run_with_the_reason()
    {
        await using var place = new Sandbox().Toy();
        var first = await place.Fit();
        await place.AgentExits();
        Flip(Directory.GetFiles(Path.Combine(place.Home, "store", "snapshots"), "*.tar.gz").Single());
        Directory.Delete(Path.Combine(place.Home, "local", "snapshots"), recursive: true);
        var again = (await place.Run("fit", "--json", "--like", first.Group())).With(ExitCodes.RunFailed).Json[0];
        again.Runs()[0].State().ShouldBe("failed");
        var reason = again.Text("runs.0.reason")!;
        reason.ShouldContain("snapshot");
        reason.ShouldContain("corrupted");
        (await place.Run("runs")).With(0);
    }

    [Fact]
    public async Task A_group_whose_snapshot_manifest_is_damaged_cannot_be_repeated()
    {
        await using var place = new Sandbox().Toy();
        var first = await place.Fit();
        Flip(Directory.GetFiles(Path.Combine(place.Home, "store", "snapshots"), "*.json").Single());
        (await place.Run("fit", "--like", first.Group())).With(ExitCodes.Damaged).Saying("snapshot");
    }

    [Fact]
    public async Task A_clock_that_jumps_back_breaks_nothing()
    {
        await using var place = new Sandbox().Toy();
        var past = await place.Fit("--repeat", "2");
        await place.AgentExits();
        // As if these runs had been recorded before the clock was set back by ten days.
        const long days = 10L * 24 * 3600 * 1000;
        Execute(place, $"UPDATE groups SET created_at = created_at + {days}; UPDATE events SET at = at + {days}");
        Execute(place, $"UPDATE runs SET created_at = created_at + {days}, started_at = started_at + {days}");
        Execute(place, $"UPDATE attempts SET started_at = started_at + {days}");
        var now = await place.Fit("--repeat", "2");
        var listed = await place.Json("runs", "--json");
        listed.EnumerateArray().Select(run => run.Text("group"))
            .ShouldBe([now.Group(), now.Group(), past.Group(), past.Group()], "newest first, whatever the clock says");
        foreach (var command in new[] { "runs", "show" })
        {
            var text = (await place.Run(command, past.Group())).With(0).Out;
            text.ShouldNotMatch(@"-\d+(\.\d+)? (s|min|h|d)\b", text);
        }

        listed[2].Number("durationSeconds").ShouldBe(0, "a duration is never negative");
        (await place.Run("compare", past.Group(), now.Group())).With(0);
        (await place.Run("fit", "--like", past.Group())).With(0);
    }

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x20;
        File.WriteAllBytes(path, bytes);
    }

    private static void Execute(Sandbox place, string sql)
    {
        using var ledger = new SqliteConnection($"Data Source={place.Ledger};Pooling=False");
        ledger.Open();
        using var command = ledger.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
