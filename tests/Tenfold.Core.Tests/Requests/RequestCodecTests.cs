using System.Text;
using Tenfold.Core.Requests;

namespace Tenfold.Core.Tests.Requests;

public sealed class RequestCodecTests
{
    [Fact]
    public void A_request_is_read_as_it_was_written()
    {
        var read = Read(Full);
        read.ShouldBe(Full with { RequestBody = read.RequestBody, ReplyBody = read.ReplyBody });
        read.RequestBody.ToArray().ShouldBe(Full.RequestBody.ToArray());
        read.ReplyBody.ToArray().ShouldBe(Full.ReplyBody.ToArray());
    }

    [Fact]
    public void A_request_without_optional_fields_is_read_as_it_was_written()
    {
        var bare = new LoggedRequest
        {
            Id = Guid.CreateVersion7(),
            At = DateTimeOffset.FromUnixTimeMilliseconds(1),
            Model = "",
            Status = 0,
            Outcome = RequestOutcome.ClientGone,
            Latency = TimeSpan.Zero,
        };
        var read = Read(bare);
        read.ShouldBe(bare with { RequestBody = read.RequestBody, ReplyBody = read.ReplyBody });
        read.RequestBody.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Feedback_is_read_as_it_was_written()
    {
        var feedback = new Feedback
        {
            RequestId = Guid.CreateVersion7(),
            Metric = "réward",
            Value = -0.1,
            At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
        };
        var bytes = new byte[RequestCodec.SizeBound(feedback)];
        RequestCodec.TryRead(bytes.AsMemory(0, RequestCodec.Write(feedback, bytes)), out var request, out var read).ShouldBeTrue();
        request.ShouldBeNull();
        read.ShouldBe(feedback);
    }

    [Fact]
    public void No_beginning_of_a_record_is_taken_for_a_record()
    {
        var record = Written(Full);
        for (var length = 0; length < record.Length; length++)
            RequestCodec.TryRead(record[..length], out _, out _).ShouldBeFalse($"{length} of {record.Length} bytes");
    }

    [Fact]
    public void A_changed_byte_gives_a_record_or_none_but_no_exception()
    {
        var record = Written(Full).ToArray();
        for (var at = 0; at < record.Length; at++)
        {
            foreach (var value in (byte[])[0, 1, 0x7f, 0x80, 0xff])
            {
                var before = record[at];
                record[at] = value;
                Should.NotThrow(() => RequestCodec.TryRead(record, out _, out _));
                record[at] = before;
            }
        }
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData(" [1, 1e400000, \"\\u0000 \\ud800\"] ", true)]
    [InlineData("""{"a":1,"a":2}""", true)]
    [InlineData("1", true)]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("{} {}", false)]
    [InlineData("{a:1}", false)]
    [InlineData("// x\n1", false)]
    [InlineData("[1,]", false)]
    [InlineData("\"\0\"", false)]
    [InlineData("\uFEFF{}", false)]
    [InlineData("NaN", false)]
    public void Json_text_is_recognized(string body, bool isJson) => BodyText.IsJson(Encoding.UTF8.GetBytes(body)).ShouldBe(isJson);

    [Fact]
    public void Json_with_invalid_UTF8_or_extreme_depth_is_not_text()
    {
        BodyText.IsJson([(byte)'"', 0xff, (byte)'"']).ShouldBeFalse();
        BodyText.IsJson([(byte)'"', 0xed, 0xa0, 0x80, (byte)'"']).ShouldBeFalse();
        BodyText.IsJson(Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000))).ShouldBeFalse();
    }

    internal static LoggedRequest Full { get; } = new()
    {
        Id = Guid.CreateVersion7(),
        At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
        Model = "iris",
        Version = "1.0",
        Kind = RequestKind.Shadow,
        ShadowOf = Guid.CreateVersion7(),
        Arm = "candidate",
        RouteRevision = 7,
        Key = "user \0 ü",
        Status = 422,
        Outcome = RequestOutcome.Broken,
        Latency = TimeSpan.FromMicroseconds(1234),
        ModelLatency = TimeSpan.FromMicroseconds(1000),
        RequestBody = new byte[] { 0, 1, 2, 255 },
        RequestSizeBytes = 9,
        IsRequestCut = true,
        RequestContentType = "application/json",
        ReplyBody = "{}"u8.ToArray(),
        ReplySizeBytes = 2,
        IsReplyCut = true,
        ReplyContentType = "text/plain",
        ClientId = "42",
        ClientTime = "2026-01-01",
        Caller = "web",
    };

    private static ReadOnlyMemory<byte> Written(LoggedRequest request)
    {
        var bytes = new byte[RequestCodec.SizeBound(request)];
        return bytes.AsMemory(0, RequestCodec.Write(request, bytes));
    }

    private static LoggedRequest Read(LoggedRequest request)
    {
        RequestCodec.TryRead(Written(request), out var read, out var feedback).ShouldBeTrue();
        feedback.ShouldBeNull();
        return read.ShouldNotBeNull();
    }
}
