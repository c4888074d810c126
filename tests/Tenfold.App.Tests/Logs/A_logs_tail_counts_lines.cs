using System.Text;
using Tenfold.App.Logs;
using Tenfold.Core.Store;

namespace Tenfold.App.Tests.Logs;

public sealed class A_logs_tail_counts_lines : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("o>1|o>2|o>3", 2, "o 2|o 3")]
    [InlineData("o>1|o>2", 5, "o 1|o 2")]
    [InlineData("o>1|o>2", 0, "")]
    [InlineData("o>1|e:a|e:b|e:c|o>2|e>d", 1, "e abcd")]
    [InlineData("o>1|e:a|e:b|e:c|o>2|e>d", 2, "o 2|e abcd")]
    [InlineData("o>1|e:bar|o>2|e:\rlast", 1, "e last")]
    [InlineData("o>1|e:bar|o>2|e:\rlast", 2, "o 2|e last")]
    [InlineData("o>1|o:2", 1, "o 2")]
    [InlineData("", 3, "")]
    public async Task A_tail_counts_lines_with_any_number_of_records(string records, int lines, string shown) =>
        (await TailAsync(records, lines)).ShouldBe(shown);

    [Fact]
    public async Task The_tail_of_a_random_log_is_its_end()
    {
        var random = new Random(9);
        for (var i = 0; i < 200; i++)
        {
            var records = string.Join(
                '|', Enumerable.Range(0, random.Next(12)).Select(n => $"{"oet"[random.Next(3)]}{":>"[random.Next(2)]}{n} "));
            var all = (await TailAsync(records, 1000)).Split('|', StringSplitOptions.RemoveEmptyEntries);
            for (var lines = 0; lines <= all.Length + 1; lines++)
                (await TailAsync(records, lines)).ShouldBe(string.Join('|', all.TakeLast(lines)), $"{records} tail {lines}");
        }
    }

    private async Task<string> TailAsync(string records, int lines)
    {
        var folder = Path.Combine(_folder.Path, Guid.NewGuid().ToString("N"));
        var store = new FolderStore(folder);
        await using (var writer = store.AppendSegments("attempts/a/log/"))
        {
            foreach (var record in records.Split('|', StringSplitOptions.RemoveEmptyEntries))
            {
                var source = record[1] == ':' ? char.ToUpperInvariant(record[0]) : record[0];
                await writer.AppendAsync(Encoding.UTF8.GetBytes($"1700000000000 {source} {record[2..]}\n"), CancellationToken.None);
            }

            await writer.FlushAsync(CancellationToken.None);
        }

        var tail = await LogTail.FindAsync(store, "attempts/a/log/", lines, isRaw: false, CancellationToken.None);
        var (assembler, texts, skip) = (new LogAssembler(isRaw: false), new List<LogText>(), new LineSkip(tail.Skip));
        await using var stream = await store.OpenSegmentsAsync("attempts/a/log/", tail.Offset, CancellationToken.None);
        var reader = new LogRecords(stream);
        while (await reader.ReadAsync((record, _) => assembler.Add(record, texts), CancellationToken.None))
        {
        }

        assembler.End(texts);
        return string.Join('|', skip.Apply(texts).Select(text => $"{text.Source} {text.Text}"));
    }
}
