namespace Tenfold.Sql.Tests;

public sealed class Writers_on_a_laptop_take_turns : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tenfold-turns-").FullName;

    private string File => Path.Combine(_folder, "ledger.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_writer_that_waits_for_another_holds_no_thread()
    {
        using var database = new SqliteDatabase(File);
        var (began, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = database.WriteAsync(
            async (_, _) =>
            {
                began.SetResult();
                await mayEnd.Task;
                return 1;
            },
            CancellationToken.None);
        await began.Task;
        // Each call comes back at once, with the first writer still at work.
        var others = Enumerable.Range(2, 9)
            .Select(i => database.WriteAsync((_, _) => Task.FromResult(i), CancellationToken.None)).ToList();
        using var cancel = new CancellationTokenSource();
        var impatient = database.WriteAsync((_, _) => Task.FromResult(11), cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(impatient);
        others.ShouldAllBe(other => !other.IsCompleted);
        mayEnd.SetResult();
        (await first).ShouldBe(1);
        (await Task.WhenAll(others)).ShouldBe([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }

    [Fact]
    public async Task A_lock_of_another_process_is_asked_for_again_by_SQLite_itself()
    {
        using var database = new SqliteDatabase(File);
        var patience = await database.ReadAsync(
            connection => connection.ScalarAsync(null, "PRAGMA busy_timeout", CancellationToken.None), CancellationToken.None);
        patience.ShouldBe(30_000L);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_turn_to_the_next()
    {
        using var database = new SqliteDatabase(File);
        await Should.ThrowAsync<InvalidOperationException>(
            database.WriteAsync<int>((_, _) => throw new InvalidOperationException(), CancellationToken.None));
        (await database.WriteAsync((_, _) => Task.FromResult(1), CancellationToken.None)).ShouldBe(1);
    }
}
