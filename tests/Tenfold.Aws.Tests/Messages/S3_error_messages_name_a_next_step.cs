using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Messages;

public sealed class S3_error_messages_name_a_next_step(S3Server server) : IClassFixture<S3Server>
{
    private static async Task<string> Words(S3Store store, Func<S3Store, Task> action)
    {
        using (store) return (await Should.ThrowAsync<StoreException>(() => action(store))).Message;
    }

    private static S3Store Other(string bucket, string endpoint) =>
        new(new S3Location(bucket, ""), new S3Options { Endpoint = endpoint, Patience = TimeSpan.Zero });

    [Fact]
    public async Task A_missing_bucket()
    {
        var words = $"there is no bucket 'no-such-bucket' at {server.Endpoint}: create it ('aws s3 mb s3://no-such-bucket')";
        (await Words(Other("no-such-bucket", server.Endpoint), store => store.WriteAsync("a", default, default))).ShouldContain(words);
        (await Words(Other("no-such-bucket", server.Endpoint), store => store.ReadAsync("a", default))).ShouldContain(words);
        (await Words(Other("no-such-bucket", server.Endpoint), store => store.TryCreateAsync("a", default, default))).ShouldContain(words);
        (await Words(Other("no-such-bucket", server.Endpoint), store => store.DeleteAsync("a", default))).ShouldContain(words);
    }

    [Fact]
    public async Task A_missing_server()
    {
        var endpoint = $"http://127.0.0.1:{FreePort.Find()}";
        var words = await Words(Other("bucket", endpoint), store => store.WriteAsync("a", default, default));
        words.ShouldContain($"s3://bucket/a: {endpoint} can't be reached");
        words.ShouldContain("Connection refused");
        words.ShouldContain("AWS_ENDPOINT_URL_S3");
    }

    [Fact]
    public async Task Missing_and_wrong_credentials()
    {
        (await OtherProcess.FaultAsync(
            $"s3://{S3Server.Bucket}/x", server.Endpoint, ("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")))
            .ShouldContain($"s3://{S3Server.Bucket}/x: no AWS credentials were found. Set AWS_PROFILE");
        var wrong = await OtherProcess.FaultAsync(
            $"s3://{S3Server.Bucket}/x", server.Endpoint, ("AWS_ACCESS_KEY_ID", "AKIAWRONG"), ("AWS_SECRET_ACCESS_KEY", "hush-hush"));
        wrong.ShouldContain($"{server.Endpoint} doesn't accept the AWS credentials");
        wrong.ShouldNotContain("hush-hush");
        wrong.ShouldNotContain("AKIAWRONG");
        (await OtherProcess.FaultAsync($"s3://{S3Server.Bucket}/x", endpoint: null)).ShouldContain("no AWS region is set. Set AWS_REGION");
    }

    [Fact]
    public void A_checksum_that_the_SDK_finds_wrong_is_damage()
    {
        using var stream = new Amazon.Runtime.Internal.Util.MD5Stream(new MemoryStream([1, 2, 3]), expectedHash: new byte[16], 3);
        var e = Should.Throw<AmazonClientException>(() => stream.CopyTo(Stream.Null));
        S3Faults.IsDamage(e).ShouldBeTrue(e.Message);
        new S3Faults(new S3Location("b", "p/"), "https://s3.test").Translate(e, "s3:GetObject", "p/k", TimeSpan.Zero).IsDamaged
            .ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_that_is_too_long() =>
        (await Words(
            server.Store("x"), store => store.WriteAsync(string.Join('/', Enumerable.Repeat(new string('k', 200), 6)), default, default)))
            .ShouldContain("longer than the 1024 bytes that S3 accepts");

    [Theory]
    [InlineData("AccessDenied", 403, "s3://b/p/k: access denied to s3:PutObject. Allow this action")]
    [InlineData("", 403, "access denied to s3:PutObject")]
    [InlineData("ExpiredToken", 400, "the AWS credentials have expired")]
    [InlineData("SignatureDoesNotMatch", 403, "doesn't accept the AWS credentials")]
    [InlineData("RequestTimeTooSkewed", 403, "clock is off")]
    [InlineData("PermanentRedirect", 301, "set AWS_REGION to the bucket's region")]
    [InlineData("AuthorizationHeaderMalformed", 400, "set AWS_REGION to the bucket's region")]
    [InlineData("SlowDown", 503, "https://s3.test is overloaded or failing for 60 s (503 SlowDown)")]
    [InlineData("QuotaExceeded", 403, "is full: free space")]
    [InlineData("XMinioStorageFull", 507, "is full: free space")]
    [InlineData("Odd", 418, "https://s3.test refused s3:PutObject: 418 Odd")]
    public void Errors_of_the_server(string code, int status, string words)
    {
        var e = new AmazonS3Exception("error", ErrorType.Unknown, code, "id", (HttpStatusCode)status);
        var faults = new S3Faults(new S3Location("b", "p/"), "https://s3.test");
        var error = faults.Translate(e, "s3:PutObject", "p/k", TimeSpan.FromSeconds(60));
        error.Message.ShouldContain(words);
        error.IsFull.ShouldBe(words.Contains("is full"));
        S3Faults.IsTransient(e).ShouldBe(code == "SlowDown");
    }

    [Theory]
    [InlineData("s3://bucket", "bucket", "", "s3://bucket")]
    [InlineData("s3://my.bucket-1/a/b c/", "my.bucket-1", "a/b c/", "s3://my.bucket-1/a/b c")]
    public void A_valid_url(string url, string bucket, string prefix, string again)
    {
        S3Location.Read(url, out var fault).ShouldBe(new S3Location(bucket, prefix));
        fault.ShouldBeNull();
        S3Location.Read(url, out _)!.Url.ShouldBe(again);
    }

    [Theory]
    [InlineData("s3://", "3 to 63")]
    [InlineData("s3://My-Bucket/x", "lower-case")]
    [InlineData("s3://my_bucket/x", "lower-case")]
    [InlineData("s3://-bucket", "start and end")]
    [InlineData("s3://a..b", "two dots")]
    [InlineData("s3://192.168.0.1", "an address")]
    [InlineData("s3://bucket/a//b", "an empty segment")]
    [InlineData("s3://bucket/../b", "the segment '..'")]
    [InlineData("https://bucket/x", "write s3://bucket/prefix")]
    public void An_invalid_url(string url, string words) =>
        Should.Throw<StoreException>(() => S3Store.Open(url)).Message.ShouldContain(words);
}
