using Tenfold.Core.Attempts;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Nodes;

public sealed class A_checkpoint_is_restored_by_the_next_attempt : IDisposable
{
    // Counts on from its checkpoint to 3, and fails after each step.
    private const string Counting =
        "n=$(cat $TENFOLD_CHECKPOINT_DIR/n 2>/dev/null || echo 0); echo from $n; echo $((n + 1)) > $TENFOLD_CHECKPOINT_DIR/n; [ $n = 2 ]";
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_checkpoint_is_restored_on_another_machine()
    {
        for (var number = 1; number <= 3; number++) await RunAsync(Counting, number);
        (await _machine.PrintedAsync(attempt: _machine.Attempt(1))).ShouldBe(["from 0"]);
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldBe(["from 1"]);
        (await _machine.PrintedAsync(attempt: _machine.Attempt(3))).ShouldBe(["from 2"]);
        (await _machine.PrintedAsync('t', _machine.Attempt(3)))
            .ShouldContain(line => line.Contains($"resumes from the checkpoint of {_machine.Attempt(2)}"));
        (await _machine.ReportAsync(_machine.Attempt(3))).State.ShouldBe(AttemptState.Succeeded);
        Directory.GetDirectories(_machine.Folder["store/attempts"], "checkpoints", SearchOption.AllDirectories)
            .ShouldBeEmpty("nobody goes on from them any more");
    }

    [Fact]
    public async Task A_checkpoint_is_stored_as_long_as_the_run_may_be_retried()
    {
        await RunAsync(Counting, 1);
        await RunAsync("echo 7 > $TENFOLD_CHECKPOINT_DIR/n; exit 1", 2);
        foreach (var number in new[] { 1, 2 })
            Directory.Exists(_machine.Folder[$"store/attempts/{_machine.Attempt(number)}/checkpoints/sets"]).ShouldBeTrue();
    }

    [Fact]
    public async Task An_older_checkpoint_is_restored_when_the_last_attempt_left_none()
    {
        await RunAsync(Counting, 1);
        await RunAsync("rm -rf $TENFOLD_CHECKPOINT_DIR/*; exit 1", 2);
        await RunAsync(Counting, 3);
        (await _machine.PrintedAsync(attempt: _machine.Attempt(3))).ShouldBe(["from 1"]);
    }

    [Fact]
    public async Task Checkpoints_of_a_running_command_are_uploaded_and_unchanged_files_are_sent_once()
    {
        var release = _machine.Folder["release"];
        var assignment = await SubmitAsync(
            "cd $TENFOLD_CHECKPOINT_DIR; head -c 1000000 /dev/urandom > big; ln -s big latest; mkdir deep; echo 1 > deep/n; until [ -e " +
            $"{release} ]; do sleep 0.1; done; echo 2 > deep/n; sleep 600", 1);
        using var node = new Node(_machine.Store);
        using var taken = new CancellationTokenSource();
        var run = node.RunAsync(assignment.Attempt, taken.Token);
        await Eventually.ShouldBeAsync(() => Sets().Contains(1), "the first set is in the store");
        File.WriteAllText(release, "");
        await Eventually.ShouldBeAsync(() => Sets().Contains(2), "the second set is in the store");
        var (first, second) = (Set(1), Set(2));
        second.Files.Single(file => file.Path == "big").Stored.ShouldBe(first.Files.Single(file => file.Path == "big").Stored);
        second.Files.Single(file => file.Path == "deep/n").Stored.ShouldNotBe(first.Files.Single(file => file.Path == "deep/n").Stored);
        second.Files.Single(file => file.Path == "latest").Link.ShouldBe("big");
        await taken.CancelAsync();
        await run;
        await RunAsync("cd $TENFOLD_CHECKPOINT_DIR; cat deep/n; readlink latest; wc -c < latest", 2);
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldBe(["2", "big", "1000000"]);
    }

    [Fact]
    public async Task Files_are_restored_with_their_times()
    {
        await RunAsync(
            "cd $TENFOLD_CHECKPOINT_DIR; echo x > b; touch -d 2026-01-01 b; echo x > c; touch -d 2025-01-01 c; echo x > a; exit 1", 1);
        await RunAsync("ls -t $TENFOLD_CHECKPOINT_DIR", 2);
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task The_two_newest_sets_are_stored_and_unused_files_are_deleted()
    {
        var folder = _machine.Folder["checkpoint"];
        var writer = new CheckpointWriter(_machine.Store, _machine.Attempt(), folder, TimeProvider.System);
        for (var i = 1; i <= 5; i++)
        {
            _machine.Folder.Write("checkpoint/n", $"{i}");
            _machine.Folder.Write("checkpoint/same", "same");
            (await writer.SaveAsync(isLast: true, CancellationToken.None)).ShouldBeTrue();
            (await writer.SaveAsync(isLast: true, CancellationToken.None)).ShouldBeFalse();
        }

        Sets().Order().ShouldBe([4, 5]);
        Directory.GetDirectories(_machine.Folder[$"store/attempts/{_machine.Attempt()}/checkpoints/files"]).Length.ShouldBe(3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_set_is_reported_and_the_one_before_is_restored(bool isManifest)
    {
        var writer = new CheckpointWriter(_machine.Store, _machine.Attempt(), _machine.Folder["checkpoint"], TimeProvider.System);
        for (var i = 1; i <= 2; i++)
        {
            _machine.Folder.Write("checkpoint/n", $"{i}");
            await writer.SaveAsync(isLast: true, CancellationToken.None);
        }

        var damaged = isManifest ? CheckpointSet.ManifestKey(_machine.Attempt(), 2)
            : CheckpointSet.ObjectKey(_machine.Attempt(), Set(2).Files[0]);
        await _machine.Store.WriteAsync(damaged, "x"u8.ToArray(), CancellationToken.None);
        await RunAsync(Counting, 2);
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldBe(["from 1"]);
        (await _machine.PrintedAsync('t', _machine.Attempt(2))).ShouldContain(line => line.Contains("is damaged"));
    }

    [Fact]
    public async Task An_attempt_starts_from_the_beginning_when_every_set_is_damaged()
    {
        await RunAsync(Counting, 1);
        await _machine.Store.WriteAsync(
            CheckpointSet.ObjectKey(_machine.Attempt(), Set(1).Files[0]), "x"u8.ToArray(), CancellationToken.None);
        await RunAsync(Counting, 2);
        (await _machine.PrintedAsync(attempt: _machine.Attempt(2))).ShouldBe(["from 0"]);
        (await _machine.PrintedAsync('t', _machine.Attempt(2))).ShouldContain(line => line.Contains("starts from the beginning"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_checkpoint_that_is_rewritten_several_times_a_second_is_stored(bool inPlace)
    {
        var folder = _machine.Folder["checkpoint"];
        var writer = new CheckpointWriter(_machine.Store, _machine.Attempt(), folder, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        _machine.Folder.Write("checkpoint/n", "0");
        var training = Task.Run(async () =>
        {
            for (var i = 1; !stop.IsCancellationRequested; i++)
            {
                File.WriteAllText(inPlace ? $"{folder}/n" : _machine.Folder["new"], $"{i}");
                if (!inPlace) File.Move(_machine.Folder["new"], $"{folder}/n", overwrite: true);
                await Task.Delay(300);
            }
        });
        // The first looks are for a moment in which nothing is written.
        await Eventually.ShouldBeAsync(
            () => writer.SaveAsync(isLast: false, CancellationToken.None).GetAwaiter().GetResult(), "it is saved");
        await Eventually.ShouldBeAsync(
            () => writer.SaveAsync(isLast: false, CancellationToken.None).GetAwaiter().GetResult(), "it is saved again");
        await stop.CancelAsync();
        await training;
        var file = Set(2).Files.ShouldHaveSingleItem();
        var saved = await _machine.Store.ReadAsync(CheckpointSet.ObjectKey(_machine.Attempt(), file), CancellationToken.None);
        int.Parse(System.Text.Encoding.ASCII.GetString(saved.ShouldNotBeNull())).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_file_that_is_always_being_written_does_not_delay_other_files()
    {
        _machine.Folder.Write("checkpoint/n", "1");
        var time = new ClockOf(() => File.AppendAllText(_machine.Folder["checkpoint/log"], "x\n"));
        var writer = new CheckpointWriter(_machine.Store, _machine.Attempt(), _machine.Folder["checkpoint"], time);
        (await writer.SaveAsync(isLast: false, CancellationToken.None)).ShouldBeFalse("a quiet moment may come");
        (await writer.SaveAsync(isLast: false, CancellationToken.None)).ShouldBeTrue();
        Set(1).Files.Select(file => file.Path).ShouldBe(["n"]);
        (await writer.SaveAsync(isLast: true, CancellationToken.None)).ShouldBeTrue();
        Set(2).Files.Select(file => file.Path).ShouldBe(["log", "n"]);
    }

    [Fact]
    public async Task A_command_that_always_writes_leaves_all_its_files()
    {
        var assignment = await SubmitAsync("cd $TENFOLD_CHECKPOINT_DIR; echo 1 > n; while true; do echo x >> log; sleep 0.05; done", 1);
        using var node = new Node(_machine.Store);
        using var taken = new CancellationTokenSource();
        var run = node.RunAsync(assignment.Attempt, taken.Token);
        await Eventually.ShouldBeAsync(() => Sets().Any(), "a set is in the store");
        await taken.CancelAsync();
        await run;
        Set(Sets().Max()).Files.Select(file => file.Path).ShouldBe(["log", "n"]);
    }

    private IReadOnlyList<int> Sets()
    {
        var folder = _machine.Folder[$"store/attempts/{_machine.Attempt()}/checkpoints/sets"];
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "manifest.json", SearchOption.AllDirectories)
                .Select(path => int.Parse(Path.GetFileName(Path.GetDirectoryName(path))!))] : [];
    }

    private CheckpointSet Set(int number) =>
        CheckpointSet.FromJson(File.ReadAllBytes(_machine.Folder[$"store/{CheckpointSet.ManifestKey(_machine.Attempt(), number)}"]))
            .ShouldNotBeNull();

    private async Task RunAsync(string command, int number)
    {
        var assignment = await SubmitAsync(command, number);
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue(string.Join('\n', node.Said));
    }

    private async Task<Assignment> SubmitAsync(string command, int number) =>
        await Node.SubmitAsync(_machine.Store, _machine.Assign(await _machine.SpecAsync(command))[0] with { Number = number });

    // Something happens in each wait, however slow the machine is.
    private sealed class ClockOf(Action inEachWait) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            inEachWait();
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
