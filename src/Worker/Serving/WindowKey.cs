using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>A digest of everything that a forward pass depends on: the model, the kernel that runs it, and the window.</summary>
internal static class WindowKey
{
    /// <summary>The first half of a SHA-256. The kernel is part of it: kernels differ in the last digits, and an answer names the kernel.</summary>
    public static UInt128 Of(LoadedModel model, ReadOnlySpan<float> window)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(model.Digest + model.Network.Kernel));
        hash.AppendData(MemoryMarshal.AsBytes(window));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
