using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;

namespace Tenfold.Agent.Tests.Running;

public sealed class A_run_uses_pinned_files : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Code_that_was_changed_on_this_machine_is_fetched_again()
    {
        _machine.Write("greet.sh", "echo pinned\n");
        var spec = await _machine.SpecAsync("sh greet.sh");
        (await _machine.RunAsync(spec)).State.ShouldBe(AttemptState.Succeeded);
        File.WriteAllText(Path.Combine(_machine.Settings.Home, "snapshots", spec.Snapshot, "greet.sh"), "echo tampered\n");
        _machine.Queue.Add(_machine.Assign(spec, group: "again000"));
        (await _machine.ServeAsync()).ShouldBeTrue();
        (await _machine.PrintedAsync(attempt: "again000-1-1")).ShouldBe(["pinned"]);
    }

    [Fact]
    public async Task Data_that_changes_during_a_run_is_reported()
    {
        var data = _machine.Folder.Write("data.csv", "1\n");
        var hash = new ContentHasher(_machine.Folder["index"], TimeProvider.System).Compute(data, CancellationToken.None)
            .Match(hashed => hashed.Sha256, _ => "");
        var report = await _machine.RunAsync(
            $"echo 2 >> {data}", spec => spec with { Data = new Dictionary<string, DataSpec> { ["train"] = new(data, hash, 2) } });
        report.State.ShouldBe(AttemptState.Succeeded);
        report.Warnings.ShouldHaveSingleItem().ToString().ShouldContain("channel 'train'");
    }

    [Fact]
    public async Task Files_with_invalid_names_are_not_stored_and_their_folders_are_still_removed()
    {
        var report = await _machine.RunAsync(
            """
            bad=$(printf 'bad\377')
            for folder in . "$TENFOLD_OUTPUT_DIR"; do
                echo x > "$folder/$bad.bin"; mkdir "$folder/$bad" "$folder/good"; echo x > "$folder/$bad/file"; chmod 500 "$folder/$bad"; ln -s /etc "$folder/good/etc"
            done
            echo model > $TENFOLD_MODEL_DIR/m
            """);
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        report.Warnings.ShouldContain(warning => warning.ToString().Contains("not UTF-8"));
        report.Warnings.ShouldNotContain(warning => warning.ToString().Contains("could not be removed"));
        Directory.GetDirectories(_machine.Folder["home/work"]).ShouldBeEmpty();
        (await _machine.KeptAsync("model/m")).ShouldBe("model\n");
    }

    [Fact]
    public async Task A_folder_without_permissions_costs_neither_the_model_nor_the_success()
    {
        // Root passes every permission: the closed folder is then no obstacle, and the test still holds what is kept.
        var report = await _machine.RunAsync("mkdir cache && echo hi > cache/file && chmod 555 cache && echo model > $TENFOLD_MODEL_DIR/m");
        report.ShouldSatisfyAllConditions(r => r.State.ShouldBe(AttemptState.Succeeded), r => r.Warnings.ShouldBeEmpty());
        (await _machine.KeptAsync("model/m")).ShouldBe("model\n");
        (await _machine.KeptAsync("work/cache/file")).ShouldBe("hi\n");
        Directory.Exists(Path.Combine(_machine.Settings.Home, "work", _machine.Attempt())).ShouldBeFalse();
    }
}
