namespace Tenfold.Aws.Tests.Conformance;

public sealed class Folder_store_conformance : StoreConformance
{
    protected override (string Url, string? Endpoint) Address => (Files["store"], null);
}
