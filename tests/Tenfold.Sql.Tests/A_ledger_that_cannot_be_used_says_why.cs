using System.Runtime.InteropServices;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Sql.Tests;

public sealed class A_ledger_that_cannot_be_used_says_why : IDisposable
{
    private readonly Book _book = new();

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task When_a_newer_version_made_it_and_nothing_is_changed()
    {
        await _book.AddAsync();
        _book.Execute("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)");
        var before = File.ReadAllBytes(_book.File);
        var fault =
            await Should.ThrowAsync<LedgerException>(
                () => _book.Open().RequestCancelAsync(["k7m2xqab-1"], Book.Start, null, CancellationToken.None));
        fault.IsUnreadable.ShouldBeTrue();
        fault.Message.ShouldContain("newer tenfold");
        fault.Message.ShouldContain("99");
        _book.Close();
        File.ReadAllBytes(_book.File).ShouldBe(before);
    }

    [Fact]
    public async Task When_it_is_no_database()
    {
        var text = string.Concat(Enumerable.Repeat("this is not SQLite\n", 500));
        File.WriteAllText(_book.File, text);
        var fault = await Should.ThrowAsync<LedgerException>(() => _book.Ledger.LiveAsync(CancellationToken.None));
        fault.IsUnreadable.ShouldBeTrue();
        fault.Message.ShouldContain(_book.File);
        fault.Message.ShouldContain("damaged");
        File.ReadAllText(_book.File).ShouldBe(text);
    }

    [Fact]
    public async Task When_its_pages_are_damaged()
    {
        await _book.AddAsync(repeat: 200);
        _book.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        _book.Close();
        var bytes = File.ReadAllBytes(_book.File);
        bytes.AsSpan(4096).Fill(0xA5);
        File.WriteAllBytes(_book.File, bytes);
        var fault = await Should.ThrowAsync<LedgerException>(() => _book.Open().LiveAsync(CancellationToken.None));
        fault.IsUnreadable.ShouldBeTrue();
        fault.Message.ShouldContain("damaged");
    }

    [Theory]
    [InlineData("new/deeper/ledger.db")]
    [InlineData("ledger.db")]
    public void When_its_folder_is_read_only(string file)
    {
        File.SetUnixFileMode(_book.Folder, (UnixFileMode)0x16D);
        try
        {
            var ledger = new SqlLedger(new SqliteDatabase(Path.Combine(_book.Folder, file)));
            var fault = AsNobody(
                () => ledger.RequestCancelAsync(["k7m2xqab-1"], Book.Start, null, CancellationToken.None).GetAwaiter().GetResult());
            var explained = fault.ShouldBeOfType<LedgerException>();
            explained.IsUnreadable.ShouldBeFalse();
            explained.Message.ShouldContain("TENFOLD_HOME");
        }
        finally
        {
            File.SetUnixFileMode(_book.Folder, (UnixFileMode)0x1C0);
        }
    }

    [Fact]
    public async Task When_what_it_has_is_read_only()
    {
        await _book.AddAsync();
        _book.Close();
        File.SetUnixFileMode(_book.Folder, (UnixFileMode)0x16D);
        File.SetUnixFileMode(_book.File, (UnixFileMode)0x124);
        try
        {
            var ledger = _book.Open();
            var fault = AsNobody(
                () => ledger.RequestCancelAsync(["k7m2xqab-1"], Book.Start, null, CancellationToken.None).GetAwaiter().GetResult());
            fault.ShouldBeOfType<LedgerException>().Message.ShouldContain("can't be written");
        }
        finally
        {
            File.SetUnixFileMode(_book.Folder, (UnixFileMode)0x1C0);
        }
    }

    [Fact]
    public async Task And_where_a_file_stands_in_the_place_of_its_folder()
    {
        File.WriteAllText(Path.Combine(_book.Folder, "home"), "");
        var fault =
            await Should.ThrowAsync<LedgerException>(
                () => new SqlLedger(new SqliteDatabase(Path.Combine(_book.Folder, "home/ledger.db"))).LiveAsync(CancellationToken.None));
        fault.Message.ShouldContain("TENFOLD_HOME");
    }

    [Fact]
    public async Task Processes_that_make_it_at_once_make_it_once()
    {
        for (var round = 0; round < 3; round++)
        {
            var file = Path.Combine(_book.Folder, $"{round}.db");
            var others = Enumerable.Range(0, 4).Select(_ => OtherProcess.Start("open", file, file)).ToList();
            File.WriteAllText($"{file}.go", "");
            await new SqlLedger(new SqliteDatabase(file)).LiveAsync(CancellationToken.None);
            foreach (var other in others)
            {
                await other.WaitForExitAsync();
                other.ExitCode.ShouldBe(0, await other.StandardError.ReadToEndAsync());
            }

            (await new SqlLedger(new SqliteDatabase(file)).GroupsAsync(1, CancellationToken.None)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Many_who_write_at_once_wait_for_each_other()
    {
        await _book.AddAsync(repeat: 40);
        await Task.WhenAll(
            Enumerable.Range(1, 40)
                .Select(i =>
                    Task.Run(() =>
                        _book.Open().ApplyAsync([Book.Change(AttemptState.Running, $"k7m2xqab-{i}-1")], null, CancellationToken.None))));
        (await _book.Ledger.LiveAsync(CancellationToken.None)).ShouldAllBe(live => live.Attempt.State == AttemptState.Running);
    }

    // Linux gives each thread an identity of its own for the file system; where the tests don't run as root none is needed.
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
