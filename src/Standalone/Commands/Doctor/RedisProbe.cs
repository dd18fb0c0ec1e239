using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Certificates;

namespace Coinsphere.Messaging.Standalone.Commands.Doctor;

/// <summary>Asks Redis as a stranger would: the client of the service always logs in.</summary>
internal static class RedisProbe
{
    /// <summary>Whether one of the servers answers a command without a login. One that cannot be reached answers nobody.</summary>
    public static async Task<bool> AnswersAnyoneAsync(RedisOptions options, CancellationToken cancellationToken)
    {
        foreach (var server in options.Address.Split(','))
        {
            var colon = server.LastIndexOf(':');
            using var client = new TcpClient();
            await client.ConnectAsync(server[..colon], int.Parse(server[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture), cancellationToken);
            await using var stream = options.Tls
                ? await EncryptedAsync(client, server[..colon], options.TlsAuthority, cancellationToken)
                : client.GetStream();
            // PING itself may be allowed to everybody.
            await stream.WriteAsync("DBSIZE\r\n"u8.ToArray(), cancellationToken);
            var answer = new byte[64];
            var read = await stream.ReadAsync(answer, cancellationToken);
            if (read > 0 && Encoding.ASCII.GetString(answer, 0, read).StartsWith(':'))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<Stream> EncryptedAsync(TcpClient client, string host, string? authority, CancellationToken cancellationToken)
    {
        var certificate = ServerCertificate.Of(host, $"{RedisOptions.Section}:{nameof(RedisOptions.TlsAuthority)}", authority);
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = certificate.Accepts }, cancellationToken);
        return stream;
    }
}
