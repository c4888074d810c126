using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tenfold.Core.Attempts;
using Tenfold.Core.Pushes;
using Tenfold.Projects;

namespace Tenfold.App.Pushes.Webhooks;

/// <summary>
/// Receives deliveries: checks the signature over the bytes as they were sent, and records the delivery. It is read afterwards, so that
/// the host has its answer at once.
/// </summary>
/// <param name="repositories">The repositories that the server serves, by name.</param>
/// <param name="secrets">Finds the secrets that sign deliveries.</param>
/// <param name="ledger">Where deliveries are recorded.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where refusals are logged, never with a body.</param>
public sealed class WebhookReceiver(
    Func<IReadOnlyDictionary<string, ServedRepository>> repositories, SecretSource secrets, IPushLedger ledger, TimeProvider time,
    ILogger<WebhookReceiver> logger)
{
    private const int MaxIdLength = 100, MaxEventLength = 60;

    /// <summary>Receives a request.</summary>
    /// <exception cref="Core.Ledger.LedgerException">The delivery could not be recorded. The host must learn that.</exception>
    public async Task<WebhookAnswer> ReceiveAsync(WebhookRequest request, CancellationToken cancellationToken)
    {
        if (HookHeaders.Read(request.Header) is not { } hook)
            return Refuse("the request names no event of GitHub, GitLab, Gitea or Forgejo");
        if (hook.Event.Length > MaxEventLength || !hook.Event.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_' or '.'))
            return Refuse("the event's name is none of a git host");
        // The secrets are tried before anything of the body is read.
        var signers = repositories().Where(repository => IsSignedBy(repository.Value, hook, request)).Select(pair => pair.Key).ToList();
        if (signers.Count == 0) return Refuse("the signature is missing, or is not that of a repository of this server");
        if (ReadBody(request) is not { } body) return Refuse("the body is no JSON document: choose application/json for the hook");
        if (RepositoryOf(body) is not { } name) return Refuse("the delivery names no repository");
        if (signers.Find(signer => signer.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } repository)
            return Refuse("the repository is not one of this server that has this secret");
        var id = hook.Id is { Length: > 0 and <= MaxIdLength } given && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? given : Convert.ToHexStringLower(SHA256.HashData(body));
        var delivery = new Delivery
        {
            Id = $"{hook.Host}-{id}".ToLowerInvariant(),
            Host = hook.Host,
            Event = hook.Event,
            Repository = repository,
            ReceivedAt = time.GetUtcNow(),
            Body = body,
        };
        var isNew = await ledger.AddDeliveryAsync(delivery, cancellationToken);
        logger.DeliveryReceived(delivery.Id, delivery.Event, repository, isNew);
        return new WebhookAnswer(isNew ? WebhookResult.Accepted : WebhookResult.Known, delivery.Id);
    }

    private WebhookAnswer Refuse(string why)
    {
        logger.DeliveryRefused(why);
        return new WebhookAnswer(WebhookResult.Refused, why);
    }

    // An empty secret would accept everybody.
    private bool IsSignedBy(ServedRepository repository, HookHeaders hook, WebhookRequest request)
    {
        if ((HostKind)repository.Host != hook.Host || secrets(repository.Secret) is not { Length: > 0 } text) return false;
        var secret = Encoding.UTF8.GetBytes(text);
        return hook.Host switch
        {
            HostKind.GitHub => Signatures.IsGitHub(request.Header("X-Hub-Signature-256"), secret, request.Body)
                || (repository.AcceptsSha1 && Signatures.IsGitHubSha1(request.Header("X-Hub-Signature"), secret, request.Body)),
            HostKind.GitLab => Signatures.IsGitLabToken(request.Header("X-Gitlab-Token"), secret)
                || Signatures.IsGitLab(
                    request.Header("webhook-signature"), request.Header("webhook-id"), request.Header("webhook-timestamp"), secret,
                    request.Body),
            HostKind.Forgejo => Signatures.IsGitea(
                request.Header("X-Forgejo-Signature") ?? request.Header("X-Gitea-Signature"), secret, request.Body),
            _ => Signatures.IsGitea(request.Header("X-Gitea-Signature"), secret, request.Body),
        };
    }

    // GitHub can send forms too, and signs the form as it is sent.
    private static byte[]? ReadBody(WebhookRequest request)
    {
        if (request.ContentType != "application/x-www-form-urlencoded") return request.Body;
        const string member = "payload=";
        var payload = Encoding.UTF8.GetString(request.Body).Split('&')
            .FirstOrDefault(part => part.StartsWith(member, StringComparison.Ordinal));
        return payload is null ? null : Encoding.UTF8.GetBytes(Uri.UnescapeDataString(payload[member.Length..].Replace('+', ' ')));
    }

    private static string? RepositoryOf(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return PayloadReader.RepositoryOf(json.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
