using System.Diagnostics;
using Tenfold.Core.Control;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Tests.Control;

public sealed class A_dead_holder_is_known
{
    [Fact]
    public void A_holder_is_alive_as_long_as_its_process()
    {
        var holder = LeaseHolder.New();
        LeaseHolder.IsKnownDead(holder).ShouldBeFalse();
        LeaseHolder.New().ShouldNotBe(holder);
        LeaseHolder.InWords(holder).ShouldBe($"process {Environment.ProcessId} on {Environment.MachineName}");
    }

    [Fact]
    public void A_holder_is_dead_when_its_id_is_free_or_another_process_has_it()
    {
        using var process = Process.Start("sleep", "60");
        var start = ProcessTable.StartOf(process.Id).ShouldNotBeNull();
        var holder = LeaseHolder.New().Split('/');
        (holder[1], holder[2]) = ($"{process.Id}", $"{start}");
        LeaseHolder.IsKnownDead(string.Join('/', holder)).ShouldBeFalse();
        LeaseHolder.IsKnownDead(string.Join('/', [holder[0], holder[1], $"{start - 1}", .. holder[3..]])).ShouldBeTrue();
        process.Kill();
        process.WaitForExit();
        LeaseHolder.IsKnownDead(string.Join('/', holder)).ShouldBeTrue();
        // Of another machine, or another boot, nothing can be said.
        holder[3] = "00000000-0000-0000-0000-000000000000-1";
        LeaseHolder.IsKnownDead(string.Join('/', holder)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("somebody")]
    [InlineData("a/b/c/d/e")]
    [InlineData("a/-1/3/d/e")]
    public void Text_that_is_no_holder_is_not_known_to_be_dead(string holder) => LeaseHolder.IsKnownDead(holder).ShouldBeFalse();
}
