using System.Text;
using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Tests.Output;

public sealed class A_log_hides_secrets
{
    [Fact]
    public async Task A_secret_is_hidden_anywhere_in_a_line() =>
        (await WriteAsync(["hunter22"], "hunter22", "a hunter22 b hunter22", "hunter2", "xhunter22hunter22x"))
            .ShouldBe(["***", "a *** b ***", "hunter2", "x******x"]);

    [Fact]
    public async Task The_longest_of_nested_secrets_is_hidden() =>
        (await WriteAsync(["hunter", "hunter22"], "hunter22 hunter")).ShouldBe(["*** ***"]);

    [Fact]
    public async Task Each_line_of_a_secret_with_several_lines_is_hidden() =>
        (await WriteAsync(["-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\r\n"], "key: MIIEvQIBADANBg", "kqhkiG9w0BAQEF"))
            .ShouldBe(["key: ***", "***"]);

    [Fact]
    public async Task A_secret_that_is_too_short_is_not_hidden() =>
        (await WriteAsync(["1"], "epoch 1 of 10")).ShouldBe(["epoch 1 of 10"]);

    [Fact]
    public async Task A_secret_that_arrives_in_pieces_is_hidden_and_no_letter_is_lost()
    {
        var line = "€€ hunter22 hun€ h\x1b[1munter2\x1b[0m2 hunter2 gehäim hunt";
        var bytes = Encoding.UTF8.GetBytes(line);
        for (var first = 0; first < bytes.Length; first++)
        {
            for (var second = first; second < bytes.Length; second++)
            {
                var writer = FakeWriter.Ready();
                await using (var buffer = new SegmentBuffer(writer, TimeProvider.System))
                {
                    var stream = new LogStream(new AttemptLog(buffer, ["hunter22", "gehäim"], TimeProvider.System), 'o');
                    var lines = new LineCutter(stream.Write);
                    foreach (var piece in (byte[][])[bytes[..first], bytes[first..second], bytes[second..]])
                    {
                        lines.Append(piece);
                        lines.Flush();
                    }

                    lines.End();
                }

                var records = writer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(record => LogLine.Parse(Encoding.UTF8.GetBytes(record))!).ToList();
                string.Concat(records.Select(record => record.Text)).ShouldBe("€€ *** hun€ *** hunter2 *** hunt");
                records.Select(record => record.GoesOn).ShouldBe(records.Select((_, i) => i < records.Count - 1));
            }
        }
    }

    [Fact]
    public void A_redacted_reason_hides_secrets_too()
    {
        var log = new AttemptLog(new SegmentBuffer(FakeWriter.Ready(), TimeProvider.System), ["gehäim"], TimeProvider.System);
        log.Redact("no gehäim here").ShouldBe("no *** here");
    }

    private static async Task<IReadOnlyList<string>> WriteAsync(string[] secrets, params string[] lines)
    {
        var writer = FakeWriter.Ready();
        await using (var buffer = new SegmentBuffer(writer, TimeProvider.System))
        {
            var log = new AttemptLog(buffer, secrets, TimeProvider.System);
            foreach (var line in lines) log.Write('o', Encoding.UTF8.GetBytes(line));
        }

        return [.. writer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => LogLine.Parse(Encoding.UTF8.GetBytes(line))!.Text)];
    }
}
