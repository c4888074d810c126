using System.Net;
using System.Net.Sockets;

namespace Tenfold.Server.Api;

/// <summary>Bounds how often an address may bring a wrong key.</summary>
/// <param name="most">How many failures an address may have in a period.</param>
/// <param name="period">The period, which begins with the first failure.</param>
/// <param name="time">The clock.</param>
internal sealed class FailureLimit(int most, TimeSpan period, TimeProvider time)
{
    // The memory is bounded too: an attacker may have many addresses.
    private const int MaxAddresses = 10_000;

    // A network of IPv6 gets this many bytes of an address, and chooses the others freely.
    private const int NetworkBytes = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Failures> _failures = [];

    /// <summary>How long an address must wait before its next request; null when it need not.</summary>
    public TimeSpan? WaitOf(IPAddress address)
    {
        lock (_lock)
        {
            if (_failures.GetValueOrDefault(NetworkOf(address)) is not { } failures || failures.Count < most) return null;
            var rest = period - time.GetElapsedTime(failures.Since);
            return rest > TimeSpan.Zero ? rest : null;
        }
    }

    /// <summary>Counts a failure.</summary>
    public void Count(IPAddress address)
    {
        var network = NetworkOf(address);
        lock (_lock)
        {
            var known = _failures.GetValueOrDefault(network);
            if (known is not null && time.GetElapsedTime(known.Since) < period) known.Count++;
            else
            {
                if (known is null && _failures.Count >= MaxAddresses) MakeRoom();
                _failures[network] = new Failures(time.GetTimestamp());
            }
        }
    }

    private void MakeRoom()
    {
        foreach (var old in _failures.Where(one => time.GetElapsedTime(one.Value.Since) >= period).Select(one => one.Key).ToList())
            _failures.Remove(old);
        if (_failures.Count >= MaxAddresses) _failures.Remove(_failures.MinBy(one => one.Value.Since).Key);
    }

    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }

    private sealed class Failures(long since)
    {
        public long Since { get; } = since;

        public int Count { get; set; } = 1;
    }
}
