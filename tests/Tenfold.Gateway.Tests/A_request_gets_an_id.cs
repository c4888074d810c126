using System.Collections.Concurrent;
using Tenfold.Gateway.Protocol;

namespace Tenfold.Gateway.Tests;

public sealed class A_request_gets_an_id
{
    [Theory]
    [InlineData("2026-11-29T05:06:07.890Z")]
    [InlineData("1970-01-01T00:00:00.000Z")]
    [InlineData("2262-04-11T23:47:16.854Z")]
    public void That_is_a_UUIDv7_of_its_time(string text)
    {
        var at = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        var id = RequestId.Create(at);
        id.Version.ShouldBe(7);
        id.Variant.ShouldBeInRange(8, 11);
        // .NET's own id of the same time begins with the same 48 bits.
        $"{id:N}"[..12].ShouldBe($"{Guid.CreateVersion7(at):N}"[..12]);
    }

    [Fact]
    public void That_no_other_request_has()
    {
        var ids = new ConcurrentDictionary<Guid, int>();
        Parallel.For(0, 4, _ =>
        {
            // More than one filling of the random bytes.
            for (var i = 0; i < 2000; i++) ids.TryAdd(RequestId.Create(DateTimeOffset.UnixEpoch), i).ShouldBeTrue();
        });
        ids.Count.ShouldBe(8000);
    }

    [Fact]
    public void Its_74_random_bits_are_all_random()
    {
        var (ones, count) = (new int[128], 4000);
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < count; i++)
        {
            RequestId.Create(DateTimeOffset.UnixEpoch).TryWriteBytes(bytes, bigEndian: true, out var _);
            for (var bit = 0; bit < 128; bit++) ones[bit] += (bytes[bit / 8] >> (7 - (bit % 8))) & 1;
        }

        // 8 standard deviations: a fair bit is outside once in 10^15 runs.
        var random = Enumerable.Range(0, 128).Where(bit => Math.Abs(ones[bit] - (count / 2)) < 8 * Math.Sqrt(count) / 2).ToList();
        random.ShouldBe([.. Enumerable.Range(52, 12), .. Enumerable.Range(66, 62)]);
    }
}
