using System.Runtime.InteropServices;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Sql.Tests;

public sealed class An_unusable_SQLite_ledger_is_explained : IDisposable
{
    private readonly TestLedger _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_ledger_of_a_newer_version_stays_unchanged()
    {
        await _test.AddAsync();
        _test.Execute("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)");
        var before = File.ReadAllBytes(_test.File);
        var fault =
            await Should.ThrowAsync<LedgerException>(
                () => _test.Open().RequestCancelAsync(["k7m2xqab-1"], TestLedger.Start, null, CancellationToken.None));
        fault.IsUnreadable.ShouldBeTrue();
        fault.Message.ShouldContain("newer tenfold");
        fault.Message.ShouldContain("99");
        _test.Close();
        File.ReadAllBytes(_test.File).ShouldBe(before);
    }

    [Fact]
    public async Task A_file_that_is_not_a_database_stays_unchanged()
    {
        var text = string.Concat(Enumerable.Repeat("this is not SQLite\n", 500));
        File.WriteAllText(_test.File, text);
        var fault = await Should.ThrowAsync<LedgerException>(() => _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None));
        fault.IsUnreadable.ShouldBeTrue();
        fault.Message.ShouldContain(_test.File);
        fault.Message.ShouldContain("damaged");
        File.ReadAllText(_test.File).ShouldBe(text);
    }

    [Fact]
    public async Task Damaged_pages_are_reported()
    {
        await _test.AddAsync(repeat: 200);
        _test.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        _test.Close();
        var bytes = File.ReadAllBytes(_test.File);
        bytes.AsSpan(4096).Fill(0xA5);
        File.WriteAllBytes(_test.File, bytes);
        var fault = await Should.ThrowAsync<LedgerException>(() => _test.Open().ListLiveAttemptsAsync(CancellationToken.None));
        fault.IsUnreadable.ShouldBeTrue();
        fault.Message.ShouldContain("damaged");
    }

    [Theory]
    [InlineData("new/deeper/ledger.db")]
    [InlineData("ledger.db")]
    public void A_read_only_folder_is_reported(string file)
    {
        File.SetUnixFileMode(_test.Folder, (UnixFileMode)0x16D);
        try
        {
            var ledger = new SqlLedger(new SqliteDatabase(Path.Combine(_test.Folder, file)));
            var fault = AsNobody(
                () => ledger.RequestCancelAsync(["k7m2xqab-1"], TestLedger.Start, null, CancellationToken.None).GetAwaiter().GetResult());
            var explained = fault.ShouldBeOfType<LedgerException>();
            explained.IsUnreadable.ShouldBeFalse();
            explained.Message.ShouldContain("TENFOLD_HOME");
        }
        finally
        {
            File.SetUnixFileMode(_test.Folder, (UnixFileMode)0x1C0);
        }
    }

    [Fact]
    public async Task A_read_only_file_is_reported()
    {
        await _test.AddAsync();
        _test.Close();
        File.SetUnixFileMode(_test.Folder, (UnixFileMode)0x16D);
        File.SetUnixFileMode(_test.File, (UnixFileMode)0x124);
        try
        {
            var ledger = _test.Open();
            var fault = AsNobody(
                () => ledger.RequestCancelAsync(["k7m2xqab-1"], TestLedger.Start, null, CancellationToken.None).GetAwaiter().GetResult());
            fault.ShouldBeOfType<LedgerException>().Message.ShouldContain("can't be written");
        }
        finally
        {
            File.SetUnixFileMode(_test.Folder, (UnixFileMode)0x1C0);
        }
    }

    [Fact]
    public async Task A_file_in_place_of_the_folder_is_reported()
    {
        File.WriteAllText(Path.Combine(_test.Folder, "home"), "");
        var fault =
            await Should.ThrowAsync<LedgerException>(
                () => new SqlLedger(new SqliteDatabase(Path.Combine(_test.Folder, "home/ledger.db")))
                    .ListLiveAttemptsAsync(CancellationToken.None));
        fault.Message.ShouldContain("TENFOLD_HOME");
    }

    [Fact]
    public async Task Processes_that_create_it_at_once_create_it_once()
    {
        for (var round = 0; round < 3; round++)
        {
            var file = Path.Combine(_test.Folder, $"{round}.db");
            var others = Enumerable.Range(0, 4).Select(_ => OtherProcess.Start("open", file, file)).ToList();
            File.WriteAllText($"{file}.go", "");
            await new SqlLedger(new SqliteDatabase(file)).ListLiveAttemptsAsync(CancellationToken.None);
            foreach (var other in others)
            {
                await other.WaitForExitAsync();
                other.ExitCode.ShouldBe(0, await other.StandardError.ReadToEndAsync());
            }

            (await new SqlLedger(new SqliteDatabase(file)).ListGroupsAsync(1, CancellationToken.None)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Concurrent_writers_wait_for_each_other()
    {
        await _test.AddAsync(repeat: 40);
        await Task.WhenAll(Enumerable.Range(1, 40).Select(i => Task.Run(
            () => _test.Open().ApplyAsync([TestLedger.Change(AttemptState.Running, $"k7m2xqab-{i}-1")], null, CancellationToken.None))));
        (await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None)).ShouldAllBe(live => live.Attempt.State == AttemptState.Running);
    }

    // On Linux, each thread has its own file system identity. Only root needs another one to be refused.
    private static Exception? AsNobody(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            if (getuid() == 0) _ = setfsuid(65534);
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure;
    }

    [DllImport("libc")]
    private static extern int setfsuid(int user);

    [DllImport("libc")]
    private static extern int getuid();
}
