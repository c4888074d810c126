using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Identity;

namespace Tenfold.Aws.Double.Wire;

/// <summary>A request to an operation.</summary>
/// <param name="Service">The folder of the service's model, for example <c>service-quotas</c>.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Input">The members: by their wire names for JSON, by their own names for forms.</param>
/// <param name="Caller">Who signed the request.</param>
/// <param name="Region">The region of the signature.</param>
/// <param name="Bytes">The size of the request's body.</param>
internal sealed record AwsRequest(string Service, string Operation, JsonObject Input, Credential Caller, string Region, int Bytes);
