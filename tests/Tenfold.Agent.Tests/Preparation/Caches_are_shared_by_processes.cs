using Tenfold.Agent.Preparation;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class Caches_are_shared_by_processes : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_process_at_a_time_holds_the_lock()
    {
        // A gate of its own for each is what processes have: only the file tells them apart.
        int inside = 0, most = 0;
        var said = 0;
        var first = FileLock.TryAcquire(_folder["env/abc.lock"]).ShouldNotBeNull();
        var all = Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(async () =>
        {
            var turn = await Gate()
                .AcquireAsync(_folder["env/abc"], "an environment", _ => Interlocked.Increment(ref said), CancellationToken.None);
            using var held = turn.Value.ShouldNotBeNull(turn.Refusal);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(10);
            Interlocked.Decrement(ref inside);
        })));
        await Eventually.ShouldBeAsync(() => said == 10, "each is told that it waits");
        inside.ShouldBe(0);
        first.Dispose();
        await all;
        (most, said).ShouldBe((1, 10));
    }

    [Fact]
    public async Task A_killed_process_releases_its_lock()
    {
        // flock(1) holds it as another process does.
        Directory.CreateDirectory(_folder["env"]);
        var holder = ChildProcess.Start(new ProcessStart
        {
            Program = "/bin/sh",
            Arguments = ["-c", $"exec 9>{_folder["env/abc.lock"]}; flock 9; touch {_folder["held"]}; exec sleep 600"],
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        }, TimeProvider.System);
        await Eventually.ShouldBeAsync(() => File.Exists(_folder["held"]), "the other holds the lock");
        FileLock.TryAcquire(_folder["env/abc.lock"]).ShouldBeNull();
        holder.Kill();
        await holder.Ended;
        // What other tests start may hold a descriptor of it for an instant.
        FileLock? held = null;
        await Eventually.ShouldBeAsync(() => (held = FileLock.TryAcquire(_folder["env/abc.lock"])) is not null, "the lock is free");
        held!.Dispose();
    }

    [Fact]
    public async Task A_process_that_holds_the_lock_for_too_long_is_reported()
    {
        using var held = FileLock.TryAcquire(_folder["env/abc.lock"]);
        var turn = await new BuildLocks(TimeSpan.FromMilliseconds(300), TimeProvider.System).AcquireAsync(
            _folder["env/abc"], "an environment", _ => { }, CancellationToken.None);
        turn.Refusal.ShouldNotBeNull().ShouldContain(_folder["env/abc.lock"]);
    }

    [Fact]
    public void A_private_folder_of_another_user_or_a_link_is_refused()
    {
        PrivateFolder.Claim(_folder["deep/mine"]).ShouldBeNull();
        File.GetUnixFileMode(_folder["deep/mine"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        PrivateFolder.Claim(_folder["deep/mine"]).ShouldBeNull();
        Directory.CreateSymbolicLink(_folder["deep/link"], _folder["deep/mine"]);
        PrivateFolder.Claim(_folder["deep/link"]).ShouldNotBeNull().ShouldContain("is a link");
        PrivateFolder.Default("/x/y").ShouldStartWith("/x/y/tenfold-");
        PrivateFolder.Default(null).ShouldStartWith("/tmp/tenfold-");
    }

    private static BuildLocks Gate() => new(Eventually.Deadline, TimeProvider.System);
}
