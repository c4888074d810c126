using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>All stacks, deleted ones included.</summary>
internal sealed class StackList(Account account)
{
    private readonly List<StackRecord> _all = [];

    public IReadOnlyList<StackRecord> All => _all;

    public StackRecord Add(string name)
    {
        var stack = new StackRecord
        {
            Id = account.Arn("cloudformation", $"stack/{name}/{Guid.NewGuid()}"),
            Name = name,
            CreatedAt = account.Time.GetUtcNow(),
        };
        _all.Add(stack);
        return stack;
    }

    public void Remove(StackRecord stack) => _all.Remove(stack);

    /// <summary>A stack that is not deleted; null for none.</summary>
    public StackRecord? Living(string nameOrId) =>
        _all.Find(stack => (stack.Name == nameOrId || stack.Id == nameOrId) && stack.DeletedAt is null);

    /// <summary>A stack; a deleted one only by its id.</summary>
    public StackRecord Find(string nameOrId) => Living(nameOrId) ?? _all.Find(stack => stack.Id == nameOrId)
        ?? throw new AwsErrorException(400, "ValidationError", $"Stack with id {nameOrId} does not exist");
}
