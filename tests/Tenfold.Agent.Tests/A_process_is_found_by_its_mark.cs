using System.Diagnostics;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Tests;

public sealed class A_process_is_found_by_its_mark
{
    [Fact]
    public async Task A_process_that_keeps_becoming_another_program_is_found()
    {
        using var folder = new TemporaryFolder();
        folder.Write("again", "exec /bin/sh \"$0\"\n");
        for (var i = 0; i < 20; i++)
        {
            var mark = Guid.NewGuid().ToString();
            using var process =
                Process.Start(new ProcessStartInfo("/bin/sh", [folder["again"]]) { Environment = { ["TENFOLD_TEST_MARK"] = mark } })!;
            try
            {
                (await ProcessTable.KillMarkedAsync("TENFOLD_TEST_MARK", mark, TimeProvider.System)).ShouldBe(1);
            }
            finally
            {
                if (!process.HasExited) process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }
}
