using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Identity;

/// <summary>All keys that the double knows.</summary>
internal sealed class CredentialStore(TimeProvider time, string account)
{
    private readonly ConcurrentDictionary<string, Credential> _known = new();

    public void Add(Credential credential) => _known[credential.AccessKey] = credential;

    /// <summary>Makes keys of a role.</summary>
    /// <param name="roleArn">The role.</param>
    /// <param name="session">The session's name.</param>
    /// <param name="lifetime">How long the keys are valid.</param>
    public Credential Assume(string roleArn, string session, TimeSpan lifetime)
    {
        var arn = $"arn:aws:sts::{account}:assumed-role/{roleArn[(roleArn.LastIndexOf('/') + 1)..]}/{session}";
        var credential = new Credential(
            "ASIA" + RandomNumberGenerator.GetHexString(16), RandomNumberGenerator.GetHexString(40),
            RandomNumberGenerator.GetHexString(64), arn,
            time.GetUtcNow() + lifetime);
        Add(credential);
        return credential;
    }

    /// <summary>Ends keys now.</summary>
    public void Expire(string accessKey)
    {
        if (_known.TryGetValue(accessKey, out var found)) Add(found with { Expires = time.GetUtcNow().AddSeconds(-1) });
    }

    /// <summary>Ends all keys of roles whose ARN contains the text.</summary>
    public void ExpireRole(string part)
    {
        foreach (var found in _known.Values.Where(c => c.Token is not null && c.Arn.Contains(part, StringComparison.Ordinal)))
            Expire(found.AccessKey);
    }

    /// <summary>Who signed a request.</summary>
    public Credential Verify(HttpRequest request, string service, Action<string> fault)
    {
        if (Signature.ScopeOf(request.Headers) is not { } scope)
            throw new AwsErrorException(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
        if (!_known.TryGetValue(scope.AccessKey, out var credential)) throw Errors.UnknownKey(service);
        if (credential.Token is not null && request.Headers.GetValueOrDefault("x-amz-security-token") != credential.Token)
            throw Errors.UnknownKey(service);
        if (Signature.FaultOf(request, credential.Secret) is { } wrong)
        {
            fault($"{service}: {wrong}");
            throw Errors.WrongSignature(service);
        }
        return credential.Expires <= time.GetUtcNow() ? throw Errors.Expired(service) : credential;
    }
}
