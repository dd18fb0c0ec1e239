using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

// Encryption, and whom it trusts.
internal sealed partial class DatabaseTarget
{
    private void SetTls()
    {
        var mode = Mode(Choice("sslmode"), "sslmode");
        if (Take("ssl") is { } ssl)
        {
            // drivers with a switch of this name verify the server's certificate and name
            mode ??= ssl.ToLowerInvariant() switch
            {
                "" or "true" or "1" => SslMode.VerifyFull,
                "false" or "0" => SslMode.Disable,
                var other => Mode(other, "ssl"),
            };
        }

        if (Flag("requiressl") is true)
        {
            mode ??= SslMode.Require;
        }

        mode = Choice("sslaccept") switch
        {
            null or "accept_invalid_certs" => mode,
            "strict" => mode is SslMode.Disable ? mode : SslMode.VerifyFull,
            _ => throw Refuse("its sslaccept is neither strict nor accept_invalid_certs"),
        };
        if (Take("sslfactory") is { } factory)
        {
            mode = factory == "org.postgresql.ssl.NonValidatingFactory"
                ? SslMode.Require
                : throw Refuse("its sslfactory is a class of Java: leave it out, and use sslmode and sslrootcert");
        }

        mode = RootCertificate(mode);
        if (mode is { } known)
        {
            _npgsql.SslMode = known;
        }

        SetClientCertificate();
        SetTlsDetails();
    }

    private static SslMode? Mode(string? text, string key) => text switch
    {
        null or "" => null,
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" or "no-verify" => SslMode.Require,
        "verify-ca" or "verifyca" => SslMode.VerifyCA,
        "verify-full" or "verifyfull" => SslMode.VerifyFull,
        _ => throw Refuse($"its {key} is not one of disable, allow, prefer, require, verify-ca, verify-full"),
    };

    private SslMode? RootCertificate(SslMode? mode)
    {
        if (Take("sslrootcert") is not { Length: > 0 } file)
        {
            return mode;
        }

        if (file == "system")
        {
            return mode is null or SslMode.VerifyFull
                ? SslMode.VerifyFull
                : throw Refuse("its sslrootcert=system needs sslmode=verify-full");
        }

        _npgsql.RootCertificate = Existing(file, "sslrootcert");
        // libpq verifies the authority then, too
        return mode is SslMode.Require ? SslMode.VerifyCA : mode;
    }

    private void SetClientCertificate()
    {
        var certificate = Take("sslcert");
        var identity = Take("sslidentity");
        var key = Take("sslkey");
        if (certificate is { Length: > 0 } && key is null && Path.GetExtension(certificate) is not (".pfx" or ".p12"))
        {
            throw Refuse("its sslcert has no sslkey: a client's certificate needs one, and the server's authority is sslrootcert");
        }

        if ((certificate ?? identity) is { Length: > 0 } file)
        {
            _npgsql.SslCertificate = Existing(file, certificate is null ? "sslidentity" : "sslcert");
        }

        if (key is { Length: > 0 })
        {
            _npgsql.SslKey = Existing(key, "sslkey");
        }

        Text("sslpassword", value => _npgsql.SslPassword = value);
    }

    private void SetTlsDetails()
    {
        switch (Choice("channel_binding"))
        {
            case null or "":
                break;
            case ("disable" or "prefer" or "require") and var binding:
                _npgsql.ChannelBinding = Enum.Parse<ChannelBinding>(binding, ignoreCase: true);
                break;
            default:
                throw Refuse("its channel_binding is not one of disable, prefer, require");
        }

        switch (Choice("gssencmode", "gss_encryption_mode"))
        {
            case null or "" or "allow":
                break;
            case ("disable" or "prefer" or "require") and var encryption:
                _npgsql.GssEncryptionMode = Enum.Parse<GssEncryptionMode>(encryption, ignoreCase: true);
                break;
            default:
                throw Refuse("its gssencmode is not one of disable, prefer, require");
        }

        switch (Choice("sslnegotiation"))
        {
            case null or "" or "postgres":
                break;
            case "direct":
                _npgsql.SslNegotiation = SslNegotiation.Direct;
                break;
            default:
                throw Refuse("its sslnegotiation is neither postgres nor direct");
        }

        Text("require_auth", value => _npgsql.RequireAuth = string.Join(',', value.Split(',').Select(AuthenticationMode)));
        Text("krbsrvname", value => _npgsql.KerberosServiceName = value);
        if (Choice("ssl_min_protocol_version") is { } least && least is not ("" or "tlsv1" or "tlsv1.1" or "tlsv1.2"))
        {
            throw Refuse("its ssl_min_protocol_version is not TLSv1.2: the operating system's settings say which versions are used");
        }

        foreach (var key in (string[])["sslcrl", "sslcrldir", "ssl_max_protocol_version", "sslcertmode", "requirepeer", "gsslib", "gssdelegation"])
        {
            Refused(key, "Npgsql does not do that: leave it out");
        }

        if (Flag("sslsni") is false)
        {
            throw Refuse("its sslsni=0 is nothing that Npgsql does: leave it out");
        }
    }

    /// <summary>Npgsql's name of a method, with the mark of one that is ruled out.</summary>
    private static string AuthenticationMode(string name) => (name.StartsWith('!') ? "!" : "") + name.TrimStart('!').ToLowerInvariant() switch
    {
        "password" => "Password",
        "md5" => "MD5",
        "gss" => "GSS",
        "sspi" => "SSPI",
        "scram-sha-256" => "ScramSHA256",
        "none" => "None",
        _ => throw Refuse("its require_auth has a method that is not one of password, md5, gss, sspi, scram-sha-256, none"),
    };

    private static string Existing(string file, string key) => File.Exists(file)
        ? file
        : throw Refuse($"its {key} names a file that does not exist here");
}
