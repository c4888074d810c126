namespace Tenfold.Aws.Tests.Conformance;

public sealed class A_folder_is_a_store : StoreConformance
{
    protected override (string Url, string? Endpoint) Address => (Files["store"], null);
}
