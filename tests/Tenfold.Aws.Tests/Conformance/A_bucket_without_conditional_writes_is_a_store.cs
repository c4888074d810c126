using Tenfold.Aws.Tests.Servers;

namespace Tenfold.Aws.Tests.Conformance;

public sealed class A_bucket_without_conditional_writes_is_a_store(PlainS3Server server) : StoreConformance, IClassFixture<PlainS3Server>
{
    private readonly string _prefix = Guid.NewGuid().ToString("N");

    protected override (string Url, string? Endpoint) Address => ($"s3://{S3Server.Bucket}/{_prefix}", server.Endpoint);
}
