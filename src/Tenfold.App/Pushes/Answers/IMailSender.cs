namespace Tenfold.App.Pushes.Answers;

/// <summary>Sends e-mail. The server has the implementation, so that the agent carries no mail library.</summary>
public interface IMailSender
{
    /// <summary>Sends a mail.</summary>
    /// <returns>Whether the mail server took it. A mail that could not be sent now is sent again later.</returns>
    Task<MailReply> SendAsync(Mail mail, CancellationToken cancellationToken);
}

/// <summary>An e-mail of plain text.</summary>
/// <param name="To">The address.</param>
/// <param name="Subject">The subject, on one line.</param>
/// <param name="Text">The text.</param>
/// <param name="Id">Its Message-Id without brackets: the same for each try, so that a repeated mail is recognised.</param>
public sealed record Mail(string To, string Subject, string Text, string Id)
{
    /// <summary>The Message-Id of the mail that this one answers; null for none.</summary>
    public string? Answers { get; init; }
}

/// <summary>What a mail server answered.</summary>
/// <param name="Result">Whether it took the mail.</param>
/// <param name="Detail">Why not; null when it did.</param>
public sealed record MailReply(MailResult Result, string? Detail = null);

/// <summary>Whether a mail server took a mail.</summary>
public enum MailResult
{
    /// <summary>It did.</summary>
    Sent,

    /// <summary>It may later: it could not be reached, or is busy.</summary>
    Later,

    /// <summary>It never will: it does not know the address, for instance.</summary>
    Refused,
}
