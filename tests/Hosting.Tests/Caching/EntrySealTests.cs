using System.Text;
using Coinsphere.Messaging.Hosting.Caching;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Tests.Caching;

public sealed class EntrySealTests
{
    private const string Key = "prediction:BTC:7d";
    private static readonly string Version = new('a', EntrySeal.VersionLength);
    private static readonly byte[] VersionBytes = Encoding.ASCII.GetBytes(Version);
    private static readonly byte[] Body = """{"symbol":"BTC"}"""u8.ToArray();
    private readonly EntrySeal _seal = new("a secret of at least thirty-two characters");

    [Fact]
    public void WrittenEntry_IsReadAsItIs()
    {
        Assert.Equal(EntryState.Right, _seal.Read(Key, _seal.Write(Key, Version, Body), VersionBytes, out var body));
        Assert.Equal(Body, body.ToArray());
    }

    [Fact]
    public void EveryChangedByte_AndEveryCut_IsAMiss()
    {
        var entry = _seal.Write(Key, Version, Body);
        for (var i = 0; i < entry.Length; i++)
        {
            var changed = entry.ToArray();
            changed[i] ^= 1;
            Assert.NotEqual(EntryState.Right, _seal.Read(Key, changed, VersionBytes, out var body));
            Assert.True(body.IsEmpty);
            Assert.NotEqual(EntryState.Right, _seal.Read(Key, entry[..i], VersionBytes, out _));
        }
    }

    [Fact]
    public void EntryUnderAnotherKeyOrSecretOrVersion_IsAMiss()
    {
        var entry = _seal.Write(Key, Version, Body);
        Assert.Equal(EntryState.Wrong, _seal.Read("prediction:ETH:7d", entry, VersionBytes, out _));
        Assert.Equal(EntryState.Wrong, new EntrySeal(null).Read(Key, entry, VersionBytes, out _));
        Assert.Equal(EntryState.Missing, _seal.Read(Key, entry, Encoding.ASCII.GetBytes(new string('b', EntrySeal.VersionLength)), out _));
    }

    [Fact]
    public void EntryOfAReleaseWithoutDigests_IsAMiss_AndTheOtherWayRound()
    {
        Assert.Equal(EntryState.Unsealed, _seal.Read(Key, [.. VersionBytes, .. Body], VersionBytes, out _));
        // Such a release reads a body only where the byte after the version is an opening brace.
        Assert.NotEqual((byte)'{', _seal.Write(Key, Version, Body)[EntrySeal.VersionLength]);
    }

    [Fact]
    public void HundredMegabytes_AreAMiss_WithoutADigestOverThem() =>
        Assert.Equal(EntryState.Wrong, _seal.Read(Key, [.. VersionBytes, (byte)'#', .. new byte[100 << 20]], VersionBytes, out _));

    [Fact]
    public void RandomBytes_AreNeverAnAnswer()
    {
        var random = new Random(20);
        for (var i = 0; i < 10_000; i++)
        {
            var entry = new byte[random.Next(0, 300)];
            random.NextBytes(entry);
            VersionBytes.AsSpan(0, Math.Min(entry.Length, VersionBytes.Length)).CopyTo(entry);
            if (entry.Length > EntrySeal.VersionLength && i % 2 == 0)
            {
                entry[EntrySeal.VersionLength] = (byte)'#';
            }

            Assert.NotEqual(EntryState.Right, _seal.Read(Key, entry, VersionBytes, out _));
        }
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("short", false)]
    [InlineData("0123456789012345678901234567890123456789", true)]
    public void ShortSecret_IsRefused_AndNotRepeated(string? secret, bool isValid)
    {
        var result = new CacheOptionsValidator().Validate(Options.DefaultName, new CacheOptions { Secret = secret });
        Assert.Equal(isValid, result.Succeeded);
        Assert.True(isValid || result.FailureMessage == "Cache:Secret has 5 characters: expected at least 32, the same in every gateway and worker "
            + "(openssl rand -hex 32 makes one)");
    }
}
