using System.Net;
using Amazon.Runtime;

namespace Tenfold.Aws.Wire;

/// <summary>Translates exceptions of Amazon's SDK and of the network into <see cref="AwsException"/>.</summary>
internal sealed class WireMessages(WireService service, string url)
{
    private const int MaxDetail = 1000;

    /// <summary>Makes the exception for settings with which no client can be created.</summary>
    public static AwsException Unconfigured(WireService service, Exception e) => new(
        e is NoRegionException
            ? $"{service.Id}: {e.Message.TrimEnd('.')}. Set AWS_REGION, or a region in the AWS profile"
            : e is WrongRegionException
            ? $"{service.Id}: {e.Message}. Correct AWS_REGION, or the target's `region`"
            : $"{service.Id}: {e.Message.TrimEnd('.')}. Correct the setting", e)
    {
        Fault = AwsFault.Invalid,
        Service = service.Id,
        Operation = "",
        Code = "",
        Detail = e.Message,
        RequestId = null,
        MayHaveTakenEffect = false,
    };

    /// <summary>Translates an exception that a call met.</summary>
    public AwsException Translate(Exception e, WireRequest request)
    {
        var mayHaveTakenEffect = request.MayHaveTakenEffect || WireFaults.LeavesOpen(e);
        if (e is AmazonServiceException { StatusCode: not 0 } answer)
        {
            return Create(
                WireFaults.Classify(answer), request, answer.ErrorCode ?? "", Clean(answer.Message), answer.RequestId, answer.StatusCode,
                mayHaveTakenEffect, e);
        }
        if (WireFaults.IsUnreadable(e))
        {
            return Create(
                AwsFault.Server, request, code: "", $"its answer can't be read: {Clean(e.Message)}", requestId: null, status: null,
                mayHaveTakenEffect, e);
        }

        var isOfCredentials = e is AmazonClientException && FindTransport(e) is null;
        var fault = !isOfCredentials ? AwsFault.Transport
            : AwsTexts.IsExpiredLogin(e) ? AwsFault.ExpiredCredentials : AwsFault.Denied;
        return Create(
            fault, request, code: "", Clean(isOfCredentials ? e.Message : Innermost(e)), requestId: null, status: null,
            mayHaveTakenEffect, e);
    }

    /// <summary>Makes the exception for an answer that can't be used.</summary>
    public AwsException Unusable(WireRequest request, string code, string detail, WireReply reply, Exception? inner = null) =>
        Create(
            AwsFault.Server, request, code, detail, reply.ResponseMetadata?.RequestId, reply.HttpStatusCode, mayHaveTakenEffect: true,
            inner);

    private AwsException Create(
        AwsFault fault, WireRequest request, string code, string detail, string? requestId, HttpStatusCode? status,
        bool mayHaveTakenEffect, Exception? inner)
    {
        var call = $"{service.Id} {request.Operation.Name}";
        var said = Said(code, detail, status);
        var id = requestId is null ? "" : $" (request {requestId})";
        var permission = $"{service.SigningName}:{request.Operation.Name}";
        var message = fault switch
        {
            AwsFault.Throttled => $"{call}: AWS receives too many requests from this account: {said}{id}. Try again later",
            AwsFault.Denied when requestId is null && status is null =>
                $"{call}: no AWS credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in " +
                "('aws sso login', 'aws configure')",
            AwsFault.Denied when code is "RequestTimeTooSkewed" or "RequestInTheFuture" =>
                $"{call}: this machine's clock differs from AWS's: {said}{id}. Set the clock ('timedatectl')",
            AwsFault.Denied when WireFaults.IsOfKey(code) => $"{call}: AWS does not accept the access key: {said}{id}. Check " +
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile that AWS_PROFILE names",
            AwsFault.Denied => $"{call}: access denied: {said}{id}. Allow {permission} to the identity in use " +
                "('aws sts get-caller-identity'), or use other credentials (AWS_PROFILE)",
            AwsFault.ExpiredCredentials when status is null =>
                $"{call}: the login at AWS has expired, or never took place. Log in ('aws sso login'), or renew AWS_SESSION_TOKEN",
            AwsFault.ExpiredCredentials =>
                $"{call}: the AWS credentials have expired{id}. Log in again ('aws sso login'), or renew AWS_SESSION_TOKEN",
            AwsFault.Limit => $"{call}: a quota of the AWS account is used up: {said}{id}. Ask for a higher quota " +
                "('aws service-quotas'), or wait until something ends",
            AwsFault.Capacity => $"{call}: AWS has no such machine at the moment: {said}{id}. Try again later, or use another instance " +
                "type or region",
            AwsFault.Transport => $"{call}: {url} gave no answer: {detail}. Check the network, AWS_REGION, and " +
                $"{WireConfig.VariableOf(service)} or AWS_ENDPOINT_URL if you set it",
            AwsFault.Server => $"{call}: the service failed: {said}{id}. Try again later",
            _ => $"{call}: {said}{id}",
        };
        return new AwsException(message, inner)
        {
            Fault = fault,
            Service = service.Id,
            Operation = request.Operation.Name,
            Code = code,
            Detail = detail,
            RequestId = requestId,
            MayHaveTakenEffect = mayHaveTakenEffect,
        };
    }

    private static string Said(string code, string detail, HttpStatusCode? status)
    {
        var start = code.Length > 0 ? code : status is { } number ? $"status {(int)number}" : "";
        return start.Length > 0 && detail.Length > 0 ? $"{start}: {detail}" : start + detail;
    }

    // Services quote the request in their messages, and a proxy may answer anything.
    private static string Clean(string words)
    {
        var clean = string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        clean = string.Concat(clean.Where(c => !char.IsControl(c)));
        return clean.Length <= MaxDetail ? clean : clean[..MaxDetail] + "…";
    }

    private static Exception? FindTransport(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
            if (e is HttpRequestException or IOException or System.Net.Sockets.SocketException or OperationCanceledException) return e;
        return null;
    }

    private static string Innermost(Exception e)
    {
        var isTimeout = e is OperationCanceledException or ObjectDisposedException or TimeoutException;
        while (e.InnerException is { } inner)
        {
            e = inner;
            isTimeout |= e is OperationCanceledException or TimeoutException;
        }
        return isTimeout ? "no answer in time" : e.Message;
    }
}
