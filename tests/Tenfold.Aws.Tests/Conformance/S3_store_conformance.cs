using Tenfold.Aws.Tests.Servers;

namespace Tenfold.Aws.Tests.Conformance;

public sealed class S3_store_conformance(S3Server server) : StoreConformance, IClassFixture<S3Server>
{
    private readonly string _prefix = Guid.NewGuid().ToString("N");

    protected override (string Url, string? Endpoint) Address => ($"s3://{S3Server.Bucket}/{_prefix}", server.Endpoint);
}
