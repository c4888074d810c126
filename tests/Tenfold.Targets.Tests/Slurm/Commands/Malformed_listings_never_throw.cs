using System.Text;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Tests.Slurm.Commands;

/// <summary>Every user of a cluster chooses the names and comments of their own jobs, which the listings contain.</summary>
public sealed class Malformed_listings_never_throw
{
    private static readonly string[] Pieces =
    [
        "|", "_", "[", "]", "-", ",", "%", ":", "tenfold:", "(null)", "99999999999999999999", "-1", "0:999", "\n", "\x1e", "\x1f",
        "1-2147483647", "\0", "k7m2xqab-1-1", "+", "...",
    ];

    [Fact]
    public Task Accounting_is_read_or_left_out() => Mutations.CheckAsync(
        ["6_0|NODE_FAIL|0:0|d2|zzzzzzzz-1-1\n7_[1-3]|CANCELLED by 1000|0:15|None assigned|k7m2xqab-1-1,2-1\n"], Pieces, 4_000,
        input => SacctListing.Read(Encoding.UTF8.GetString(input)).ShouldAllBe(job => job.Indices.Count > 0 && job.Name.Length > 0));

    [Fact]
    public async Task The_queue_is_read_or_left_out()
    {
        string[] fields = ["12", "[0-3]", "PENDING", "Resources", "0", "0", "", "k7m2xqab-1-1", "tenfold:ab12:k7m2xqab-1-1"];
        var seed = string.Join((char)0x1f, fields) + (char)0x1e;
        await Mutations.CheckAsync(
            [seed], Pieces, 4_000, input => SqueueListing.Read(Encoding.UTF8.GetString(input)).ShouldAllBe(job => job.Indices != null));
    }

    [Fact]
    public async Task A_comment_names_attempts_or_nothing()
    {
        var read = 0;
        await Mutations.CheckAsync(["tenfold:ab12cd:k7m2xqab-1-1,2-1", "tenfold::k7m2xqab-[1-9]-1"], Pieces, 4_000, input =>
        {
            if (JobLabel.Read(Encoding.UTF8.GetString(input)) is not { } label) return;
            read++;
            // What is read is written again as the same.
            JobLabel.Read(label.Comment).ShouldNotBeNull().Attempts.ShouldBe(label.Attempts);
        });
        read.ShouldBeGreaterThan(50);
    }
}
