namespace Tenfold.Aws.Diagnosis;

/// <summary>How many vCPUs a target may use at once, for a comparison with the account's quota.</summary>
/// <param name="What">What may use them, for example a queue's name.</param>
/// <param name="Vcpus">The maximum.</param>
/// <param name="IsSpot">True for spot machines.</param>
/// <param name="HasGpus">True for machines with GPUs.</param>
internal sealed record VcpuNeed(string What, int Vcpus, bool IsSpot, bool HasGpus);
